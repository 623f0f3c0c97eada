"""The spool: where decisions wait on this machine's disk while the database can't be reached."""

import errno
import fcntl
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from scoring.decision_log.entries import Entry, uuid7
from scoring.errors import LogUnavailable, OutputError, SettingError
from scoring.files import new_file, sync_folder

_HALF = re.compile(r"\.json\.(\d+)\.part$")
"""What new_file calls what it writes: by the process that does."""
DECISION_BYTES = 16 * 1024
"""More than a client's record with all that the log says of it."""
_PASSING = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
_encode = msgspec.json.Encoder().encode
_decoder = msgspec.json.Decoder(list[Entry])


class Spool:
    """A folder with a file for each commit, whole and synced or not there; processes share it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, requests: Sequence[Sequence[Entry]]) -> list[None]:
        """Keep the entries of several requests; raises LogUnavailable where the disk doesn't take them."""
        with self._writing(), new_file(self._folder / f"{uuid7()}.json") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(_encode([entry for entries in requests for entry in entries]))
        return [None] * len(requests)

    def check(self) -> None:
        """Raise LogUnavailable where the disk wouldn't take a decision; nothing is left behind."""
        with self._writing(), tempfile.TemporaryFile(dir=self._folder) as file:
            file.write(bytes(DECISION_BYTES))
            file.flush()
            os.fsync(file.fileno())

    def prepare(self) -> None:
        """Raise SettingError where this can't be the service's folder; a disk that is full now, or fails, stops no start."""
        try:
            self.check()
        except LogUnavailable as error:
            reason = error.__cause__
            if isinstance(reason, OSError) and reason.errno not in _PASSING:
                raise SettingError(f"decisions can't wait in {self._folder} ({reason.strerror}): set SPOOL_DIR") from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            if not self._folder.is_dir():
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                sync_folder(self._folder.parent)
            yield
        except (OSError, OutputError) as error:
            cause = error if isinstance(error, OSError) else error.__cause__
            reason = getattr(cause, "strerror", None) or type(error).__name__  # without the path
            raise LogUnavailable(f"the decision can't be recorded ({reason}), so it isn't issued; try again later") from error

    def files(self) -> list[Path]:
        """What waits, oldest first."""
        return sorted(self._folder.glob("*.json"))

    @contextmanager
    def to_ourselves(self) -> Iterator[bool]:
        """Whether, in the block, no other process takes anything out; what a killed one left half written is gone then."""
        if not self._folder.is_dir():
            yield True
            return
        folder = os.open(self._folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            if ours := _locked(folder):
                self._remove_halves()
            yield ours
        finally:
            os.close(folder)

    def _remove_halves(self) -> None:
        for half in self._folder.glob("*.part"):
            written = _HALF.search(half.name)
            if written and not _is_running(int(written[1])):
                half.unlink(missing_ok=True)

    @staticmethod
    def read(file: Path) -> list[Entry]:
        """The entries of a file; raises ValueError where it holds something else."""
        return _decoder.decode(file.read_bytes())

    @staticmethod
    def remove(file: Path) -> None:
        """Forget what has arrived."""
        file.unlink(missing_ok=True)

    @staticmethod
    def set_aside(file: Path) -> Path:
        """Keep a file that can't be delivered from holding up the others; nothing of it is lost."""
        return file.rename(file.with_suffix(".refused"))


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
