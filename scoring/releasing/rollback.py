"""Rollback: the release that served before serves again, and the registry's aliases follow where they can."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scoring.errors import ModelError, TrainingError
from scoring.releasing.links import alone, before, serving, switch
from scoring.releasing.registry import Registry
from scoring.tracking import Store


@dataclass(frozen=True, slots=True)
class RolledBack:
    """The folders of what served and of what serves, and in one line why the registry's aliases didn't follow, if so."""

    left: Path
    folder: Path
    not_followed: str | None


def roll_back(root: Path, open_store: Callable[[], Store], check: Callable[[Path], object]) -> RolledBack:
    """Let the release that served before serve again, in one rename; once more, and the newer one is back.

    open_store: asked after the folder changed, because a store that is away must not keep a bad model in service. check: raises
    ModelError for a release folder that can't serve; nothing changes then.
    Raises ModelError where nothing was released before, OutputError where root can't be written.
    """
    if not serving(root):
        raise ModelError(f"nothing is released in {root}: run `make release`")
    with alone(root):
        left, folder = serving(root), before(root)
        if not left or not folder:
            raise ModelError(f"no release served in {root} before {left and left.name}: there is nothing to roll back to")
        try:
            check(folder)
        except ModelError as error:
            raise ModelError(f"{folder.name}, which served before, can't serve: {error.message}") from error
        switch(root, folder)
        return RolledBack(left, folder, _follow(open_store, left, folder))


def _follow(open_store: Callable[[], Store], left: Path, folder: Path) -> str | None:
    try:
        registry = Registry(open_store())
        champion, challenger = (_version(registry, release) for release in (folder, left))
        if champion is None:
            return f"{folder.name} is no version of this store's registry"
        registry.promote(champion)
        if challenger is not None:
            registry.challenge(challenger)
    except TrainingError as error:
        return error.message
    return None


def _version(registry: Registry, release: Path) -> int | None:
    """The registered version that a release folder holds; what was rolled back from may hold no more than ruins."""
    try:
        run_id = str(json.loads((release / "model.json").read_bytes())["run_id"])
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return registry.version_of(run_id)
