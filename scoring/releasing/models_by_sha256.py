"""Released models by the sha256 that a logged decision names."""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Generic, TypeVar

from scoring.errors import SettingError
from scoring.settings import ROOT, Settings

Model = TypeVar("Model")


class ModelsBySha256(Generic[Model]):
    """The models of release folders, and of folders that hold such; each is opened at most once, by `load`."""

    def __init__(self, folders: Iterable[Path], load: Callable[[Path], Model]) -> None:
        self._folders = {sha256: folder for given in folders for sha256, folder in _releases(given)}
        self._load = load
        self._opened: dict[str, Model] = {}

    def __call__(self, sha256: str) -> Model | None:
        """The model, if it is here; raises what `load` raises where it isn't what its model.json says."""
        if sha256 in self._folders and sha256 not in self._opened:
            self._opened[sha256] = self._load(self._folders[sha256])
        return self._opened.get(sha256)


def release_folders(settings: Settings) -> list[Path]:
    """Where released models are looked for: those that ship with the project, and the one that serves."""
    return [folder for folder in (ROOT / "models" / "releases", settings.model_dir.resolve()) if folder.is_dir()]


def folder_of(sha256: str, folders: Iterable[Path]) -> Path | None:
    """The release folder of a model among these; None where it isn't there, or its model.json can't be read."""
    for folder in folders:
        for described in _described(folder):
            try:
                if _sha256(described) == sha256:
                    return described.parent
            except SettingError:
                continue
    return None


def _releases(folder: Path) -> Iterator[tuple[str, Path]]:
    """(sha256, folder) of a release, or of each in a folder of releases; what isn't whole has a name with a dot."""
    if not folder.is_dir():
        raise SettingError(f"{folder} is no folder of releases: name one with --model")
    for described in _described(folder):
        yield _sha256(described), described.parent


def _described(folder: Path) -> Iterator[Path]:
    for described in (folder / "model.json", *sorted(folder.glob("[!.]*/model.json"))):
        if described.is_file():
            yield described


def _sha256(described: Path) -> str:
    try:
        return str(json.loads(described.read_bytes())["sha256"])
    except (OSError, ValueError, LookupError, TypeError):
        raise SettingError(f"{described} can't be read, or names no sha256 of its model") from None
