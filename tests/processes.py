"""What tests of commands that start others ask of processes."""

import time
from collections.abc import Callable, Sequence

import psutil


def alive(processes: Sequence[psutil.Process]) -> list[psutil.Process]:
    """Those that still run; a moment is theirs, whose parent was killed, and nobody may have asked how they ended."""
    _, left = psutil.wait_procs(processes, timeout=1)
    return [process for process in left if process.status() != psutil.STATUS_ZOMBIE]


def eventually(holds: Callable[[], bool]) -> None:
    """Return once it holds."""
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)
