"""The decision log: every decision issued, recorded before it is answered, with all that replaying it needs."""

import fcntl
import os
import secrets
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import msgspec

from scoring.errors import LogUnavailable
from scoring.files import sync_folder


class Entry(msgspec.Struct, frozen=True):
    """One decision as logged: times in UTC, latency in milliseconds, `record` as received."""

    decision_id: str
    time: str
    request_id: str
    key_name: str
    record: Any
    raw_score: float
    probability: float
    threshold: float
    decision: str
    model_sha256: str
    code_version: str
    latency_ms: float
    status: int = 200


class DecisionLog(Protocol):
    """Where decisions go before they are answered."""

    def append(self, entries: Sequence[Entry]) -> None:
        """Record all of one request's entries or none; returns once they are on disk, else raises LogUnavailable."""


class JsonLinesLog:
    """A line of JSON a decision, appended and fsynced; processes share the file under its lock.

    The file is opened at the first entry, in the worker: a lock held through a file opened before a fork would be shared.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, entries: Sequence[Entry]) -> None:
        """As DecisionLog says; a line that a crash cut short is ended first, and a write that fails is taken back."""
        lines = b"".join(msgspec.json.encode(entry) + b"\n" for entry in entries)
        try:
            with self._locked() as file:
                end = os.lseek(file, 0, os.SEEK_END)
                torn = end > 0 and os.pread(file, 1, end - 1) != b"\n"
                try:
                    _write_all(file, (b"\n" if torn else b"") + lines)
                    os.fsync(file)
                except OSError:
                    os.ftruncate(file, end)
                    raise
        except OSError as error:
            raise LogUnavailable(
                f"the decision can't be recorded ({error.strerror}), so it isn't issued; try again later"
            ) from error

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """The open file, locked against other processes and, as each append opens its own, other threads."""
        is_new = not self._path.exists()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if is_new:  # else a power cut could take the file with all that was answered
                sync_folder(self._path.parent)
                sync_folder(self._path.parent.parent)
            yield file
        finally:
            os.close(file)


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def uuid7() -> str:
    """A UUIDv7 (RFC 9562, 5.7): 48 bits of Unix time in milliseconds, then 74 random ones, so that ids sort by time."""
    value = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))
