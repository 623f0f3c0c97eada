"""The disk full under load, and free again."""

import errno
import resource
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psutil

from tests.faults.load import Load
from tests.faults.outages import recovery
from tests.faults.outcome import Outcome, Place, judged
from tests.serving import Server, serving

TIMES = 3
FULL = 2.0
"""Seconds that the disk stays full."""
SIZE = 64 * 2**20

Switch = Callable[[Server, bool], None]
"""Makes a service's disk full, or not."""


def disk_full(place: Place) -> Outcome:
    """Log and spool on one disk, which is filled and freed again."""
    seconds = []
    with small_disk(place.folder / "disk") as (kind, switch):
        url = f"sqlite:///{place.folder / 'disk' / 'decisions.db'}"
        spool = str(place.folder / "disk" / "spool")
        with serving(place.folder, DATABASE_URL=url, SPOOL_DIR=spool) as server, Load(server.port) as load:
            for _ in range(TIMES):
                load.wait_for(100)
                switch(server, True)
                time.sleep(FULL)
                switch(server, False)
                seconds.append(recovery(server, load))
        return replace(judged(f"disk full ({kind})", url, TIMES, load), recovered=max(seconds))


@contextmanager
def small_disk(folder: Path) -> Iterator[tuple[str, Switch]]:
    """A folder whose disk can be filled: a file system of its own, or, for who may not mount one, a limit on files' sizes."""
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        yield "as a limit of the processes", _limit
        return
    try:
        yield "a tmpfs", lambda _, full: _fill(folder / "ballast", full)
    finally:
        subprocess.run(["umount", folder], check=True)


def _fill(ballast: Path, full: bool) -> None:
    if not full:
        ballast.unlink()
        return
    with ballast.open("wb", buffering=0) as file:
        for size in (2**20, 2**10, 1):  # to the last byte: a small write is not to find room
            try:
                while file.write(bytes(size)):
                    pass
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise


def _limit(server: Server, full: bool) -> None:
    """Writing fails with EFBIG instead of ENOSPC; the master's limit holds for a worker that it starts meanwhile."""
    master = psutil.Process(server.process.pid)
    for process in (master, *master.children()):
        _, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0 if full else hard, hard))
