"""The files that gunicorn's workers count into, so that whichever is asked for /metrics tells the sum of all.

prometheus_client keeps a process's counters in files that the others read. It would name them by the process, and those of
workers long gone would pile up. Here a worker's slot names them: who replaces a worker counts on in its files, however it ended.
"""

import atexit
import fcntl
import itertools
import os
import shutil
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from prometheus_client import values

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable in which prometheus_client looks for the folder, and an operator may name one."""
PREFIX = "credit-metrics-"
MEMORY = Path("/dev/shm")  # noqa: S108  # a private folder is made in it
PLENTY = 16 * 1024 * 1024
KINDS = ("counter", "histogram")
FILE_BYTES = 128 * 1024


class MetricsFiles:
    """A folder with a file for each slot and kind of metric, and the slot of this process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._slot = "master"
        self._make_room(self._slot)

    def slot(self) -> str:
        """By what this process's files are named."""
        return self._slot

    def give_slot(self, server: Any, worker: Any) -> None:
        """gunicorn's pre_fork, in the master: the lowest slot that no living worker has."""
        taken = {living.metrics_slot for living in server.WORKERS.values()}
        worker.metrics_slot = next(slot for slot in itertools.count() if slot not in taken)
        try:
            self._make_room(str(worker.metrics_slot))
        except OSError as error:
            server.log.warning("there may be no room for what a worker counts (%s)", error.strerror)

    def take_slot(self, _server: Any, worker: Any) -> None:
        """gunicorn's post_fork, in the worker."""
        atexit.unregister(self.remove)
        self._slot = str(worker.metrics_slot)

    def remove(self) -> None:
        """When the master ends."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _make_room(self, slot: str) -> None:
        """Files of zeros, whole or not there: where room is only promised, a full disk or memory kills the worker that counts."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        for kind in KINDS:
            file = self._folder / f"{kind}_{slot}.db"
            if not file.exists():
                beside = file.with_suffix(".part")
                beside.write_bytes(bytes(FILE_BYTES))
                beside.rename(file)


@cache  # gunicorn reads its configuration again on SIGHUP; the app and its counters stay
def prepare() -> MetricsFiles:
    """Before the app is made: a folder for its metrics, the operator's or one that is removed at the end.

    Raises SystemExit in one line where there can't be one.
    """
    # A master that takes over on SIGUSR2 may inherit the name, but not the folder: the old one's workers count there.
    named = os.environ.get(FOLDER) if "GUNICORN_PID" not in os.environ else None
    try:
        folder = _emptied(Path(named).absolute()) if named else _private()
        files = MetricsFiles(folder)
    except OSError as error:
        raise SystemExit(f"error: metrics can't be kept in {error.filename} ({error.strerror}): set {FOLDER}") from None
    if not named:
        atexit.register(files.remove)
    os.environ[FOLDER] = str(folder)
    values.ValueClass = values.MultiProcessValue(process_identifier=files.slot)  # type: ignore[no-untyped-call]
    return files


def _emptied(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for kind in KINDS:  # and nothing else: a decision log, too, may be named *.db
        for old in folder.glob(f"{kind}_*.db"):
            old.unlink()
    return folder


def _private() -> Path:
    """In memory, where there is enough of it: a disk may block for long. Held by a lock as long as master or workers live."""
    in_memory = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > PLENTY
    parent = MEMORY if in_memory else Path(tempfile.gettempdir())
    _remove_what_was_left(parent)
    made = Path(tempfile.mkdtemp(prefix=f".{PREFIX}", dir=parent))
    fcntl.flock(os.open(made, os.O_RDONLY), fcntl.LOCK_EX)  # never closed
    return made.rename(parent / made.name.removeprefix("."))


def _remove_what_was_left(parent: Path) -> None:
    """By masters that were killed; what somebody still holds, or another user owns, stays."""
    for left in parent.glob(f"{PREFIX}*"):
        with suppress(OSError):
            folder = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left)
            finally:
                os.close(folder)
