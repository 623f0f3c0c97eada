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
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from scoring.errors import TrainingError
from scoring.files import in_one_line, new_file, sync_folder, sync_tree
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
            plan = json.loads((self.folder / _PLAN).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise TrainingError(f"{self.folder / _PLAN} can't be read: {error}") from error
        if not (isinstance(plan, dict) and plan and all(isinstance(value, str) for value in plan.values())):
            raise TrainingError(f"{self.folder / _PLAN} doesn't say what the training is of: train anew")
        return plan

    @contextmanager
    def open(self) -> Iterator[None]:
        """The folder for this process alone; removed when the block, the training, ends well, or leaves nothing in it."""
        with in_one_line(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            sync_folder(self.folder.parent)
            lock = os.open(self.folder, os.O_RDONLY)
        try:
            self._lock(lock)
            try:
                yield
            except BaseException:
                with suppress(OSError):  # of a folder that holds something, which stays
                    self.folder.rmdir()
                raise
            shutil.rmtree(self.folder, ignore_errors=True)
        finally:
            os.close(lock)

    def begin(self, plan: Mapping[str, str]) -> None:
        """Note what the training is of, in the open folder."""
        with new_file(self.folder / _PLAN) as file:
            file.write(json.dumps(dict(plan), indent=1).encode())

    def keep(self, candidate: str, make: Callable[[Path], Outcome]) -> Kept:
        """Keep what `make` gives, with the files that it writes into the folder it is given."""
        part = self.folder / f".part-{candidate}"
        try:
            with in_one_line(part):
                shutil.rmtree(part, ignore_errors=True)
                (part / FILES).mkdir(parents=True)
                _write(part, make(part / FILES))
                part.rename(self.folder / candidate)
                sync_folder(self.folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
        return self._read(self.folder / candidate)

    def kept(self, candidate: str) -> Kept | None:
        """What is kept of a candidate, if anything; TrainingError where it isn't what was written."""
        folder = self.folder / candidate
        return self._read(folder) if folder.is_dir() else None

    def sent(self, candidate: str) -> None:
        """Forget what is kept of a candidate."""
        shutil.rmtree(self.folder / candidate, ignore_errors=True)

    def _read(self, folder: Path) -> Kept:
        # Whoever sends reads it from here, sent at once or later: a model that went through a pickle gives its own bytes.
        try:
            contents = _contents(folder)
        except OSError:
            contents = {}
        if _SUMS not in contents or contents.pop(_SUMS) != _sums(contents):
            raise TrainingError(f"{folder} is not what was kept there: remove it, and {folder.name} is trained again")
        about = json.loads(contents[_ABOUT])
        models = {name: pickle.loads(contents[f"{name}.pkl"]) for name in about.pop("models")}  # noqa: S301  # ours
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
    (folder / _SUMS).write_bytes(_sums(_contents(folder)))
    sync_tree(folder)


def _contents(folder: Path) -> dict[str, bytes]:
    """Every file below, by its path: read once, so that what is opened is what was checked."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _sums(contents: Mapping[str, bytes]) -> bytes:
    """The sha256 of every file, as sha256sum writes them."""
    return "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(contents.items())).encode()
