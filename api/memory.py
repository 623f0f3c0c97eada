"""How glibc keeps memory that the service has freed: little of it, on a dyno that has 512 MB for everything.

Another C library has other ways, and is left to them.
"""

import ctypes
from contextlib import suppress

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # M_..., by their numbers in glibc's malloc.h
_LARGE = 128 * 1024  # bytes: where glibc's own threshold begins, before it follows whatever is freed
_C = ctypes.CDLL(None)


def keep_little() -> None:
    """In the master, before there are threads: what is large goes back to the system as soon as it is free.

    By default each thread may get an arena of its own, and what a large batch once took is kept: see mallopt(3).
    """
    with suppress(AttributeError):
        _C.mallopt(_ARENA_MAX, 2)
        _C.mallopt(_MMAP_THRESHOLD, _LARGE)
        _C.mallopt(_TRIM_THRESHOLD, _LARGE)


def give_back() -> None:
    """After large work: the free pages between what is still in use, too; see malloc_trim(3)."""
    with suppress(AttributeError):
        _C.malloc_trim(0)
