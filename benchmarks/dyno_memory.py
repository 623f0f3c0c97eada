"""The memory of a process and all it started, as it grows.

PSS: what a process has for itself and its part of what it shares, so that a sum counts no page twice. It is nearest to what
Heroku counts, which is a dyno's cgroup; the sum of RSS, as `ps` has it, counts what workers share once for each. Linux only.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from server.metrics_files import PREFIX

PAUSE = 0.2
"""Seconds between two looks."""
MB = 2**20


@dataclass(frozen=True, slots=True)
class Memory:
    """MB (2**20 bytes) of all processes together."""

    pss: float
    rss: float


def memory_of(master: int) -> Memory:
    """Of a process and its descendants now, with the metrics files: less than a MB, part of which may be counted already."""
    process = psutil.Process(master)
    pss = rss = 0
    for one in (process, *process.children(recursive=True)):
        with suppress(FileNotFoundError, ProcessLookupError):  # it ended meanwhile
            numbers = _numbers(Path(f"/proc/{one.pid}/smaps_rollup"))
            pss, rss = pss + numbers["Pss"], rss + numbers["Rss"]
    files = _metrics_bytes(master)
    return Memory((pss * 1024 + files) / MB, (rss * 1024 + files) / MB)


class Highest:
    """The highest value of each figure so far; each may have had another moment."""

    def __init__(self) -> None:
        self.memory = Memory(0, 0)

    @contextmanager
    def watching(self, master: int) -> Iterator[None]:
        """Look each PAUSE until the block ends."""
        done = threading.Event()
        thread = threading.Thread(target=self._watch, args=(master, done))
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _watch(self, master: int, done: threading.Event) -> None:
        while not done.wait(PAUSE):
            found = memory_of(master)
            self.memory = Memory(max(self.memory.pss, found.pss), max(self.memory.rss, found.rss))


def _numbers(rollup: Path) -> dict[str, int]:
    """Name -> kB; the first line is the addresses."""
    lines = (line.split() for line in rollup.read_text().splitlines()[1:])
    return {words[0].rstrip(":"): int(words[1]) for words in lines}


def _metrics_bytes(master: int) -> int:
    """The files lie in memory, in a folder that the master holds open; where they aren't mapped, no process's figure has them."""
    folders = {folder for link in Path(f"/proc/{master}/fd").iterdir() if (folder := _target(link)).name.startswith(PREFIX)}
    return sum(file.stat().st_size for folder in folders for file in folder.glob("*.db"))


def _target(link: Path) -> Path:
    try:
        return link.readlink()
    except FileNotFoundError:  # closed meanwhile
        return Path()
