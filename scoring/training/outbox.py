"""What a training has made and not yet sent, on the disk: a tracking server that goes away must not cost the fits.

<folder>/training.json    what the training is of: data, seed, candidates
<folder>/<candidate>/     outcome.json, the models, files/, and SHA256SUMS of them all; gone when its run is finished
"""

import fcntl
import hashlib
import json
import os
import pickle
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scoring.errors import OutputError, TrainingError
from scoring.files import new_file, sync_folder
from scoring.training.outcome import Outcome

FILES = "files"
_ABOUT, _PLAN, _SUMS = "outcome.json", "training.json", "SHA256SUMS"


@dataclass(frozen=True, eq=False, slots=True)
class Kept:
    """An outcome as it lies on the disk, and the folder of its files."""

    outcome: Outcome
    files: Path


class Outbox:
    """The folder of one training. Raises OutputError where it can't be written."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def plan(self) -> Mapping[str, str] | None:
        """What the training was begun with; None where nothing is kept of it."""
        try:
            plan: Mapping[str, str] = json.loads((self.folder / _PLAN).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise TrainingError(f"{self.folder / _PLAN} can't be read: {error}") from error
        return plan

    @contextmanager
    def open(self, plan: Mapping[str, str]) -> Iterator[None]:
        """The folder for this process alone; removed when the block, the training, ends well."""
        with _in_one_line(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.folder, os.O_RDONLY)
        try:
            self._lock(lock)
            with new_file(self.folder / _PLAN) as file:
                file.write(json.dumps(dict(plan), indent=1).encode())
            yield
            shutil.rmtree(self.folder, ignore_errors=True)
        finally:
            os.close(lock)

    def keep(self, candidate: str, make: Callable[[Path], Outcome]) -> Kept:
        """Keep what `make` gives, with the files that it writes into the folder it is given."""
        part = self.folder / f".part-{candidate}"
        try:
            with _in_one_line(part):
                shutil.rmtree(part, ignore_errors=True)
                (part / FILES).mkdir(parents=True)
            outcome = make(part / FILES)
            with _in_one_line(part):
                _write(part, outcome)
                part.rename(self.folder / candidate)
                sync_folder(self.folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
        return self._read(candidate)

    def kept(self, candidate: str) -> Kept | None:
        """What is kept of a candidate, if anything; TrainingError where it isn't what was written."""
        folder = self.folder / candidate
        if not folder.is_dir():
            return None
        written = (folder / _SUMS).read_text(encoding="utf-8") if (folder / _SUMS).is_file() else ""
        if not written or written != _sums(folder):
            raise TrainingError(f"{folder} is not what was kept there: remove it, and {candidate} is trained again")
        return self._read(candidate)

    def sent(self, candidate: str) -> None:
        """Forget what is kept of a candidate."""
        shutil.rmtree(self.folder / candidate, ignore_errors=True)

    def _read(self, candidate: str) -> Kept:
        # Whoever sends reads it from here, sent at once or later: a model that went through a pickle gives its own bytes.
        folder = self.folder / candidate
        about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        models = {name: pickle.loads((folder / f"{name}.pkl").read_bytes()) for name in about.pop("models")}  # noqa: S301  # ours
        return Kept(Outcome(**about, models=models), folder / FILES)

    def _lock(self, descriptor: int) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TrainingError(f"training {self.folder.name} is going on in another process") from None


def _write(folder: Path, outcome: Outcome) -> None:
    for name, model in outcome.models.items():
        (folder / f"{name}.pkl").write_bytes(pickle.dumps(model))
    about = {"tags": outcome.tags, "params": outcome.params, "metrics": outcome.metrics, "models": list(outcome.models)}
    (folder / _ABOUT).write_text(json.dumps(about, indent=1), encoding="utf-8")
    (folder / _SUMS).write_text(_sums(folder), encoding="utf-8")


def _sums(folder: Path) -> str:
    """The sha256 of every file below but the list itself, as sha256sum writes them; and all of them on the disk."""
    lines = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / _SUMS):
        with path.open("rb") as file:
            os.fsync(file.fileno())
            lines.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {path.relative_to(folder).as_posix()}\n")
    return "".join(lines)


@contextmanager
def _in_one_line(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path} can't be written: {error.strerror or error}") from error
