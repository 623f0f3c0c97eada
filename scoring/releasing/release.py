"""Release: a run, by default the best of a training, becomes the registered champion and what models/latest serves.

It needs no data: the run holds all of it.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scoring.errors import TrainingError
from scoring.releasing.acceptance import Acceptance, four_fifths
from scoring.releasing.choosing import RELEASABLE, choose, training
from scoring.releasing.content import CARD, KEPT, fairness_of, model_version, release_files
from scoring.releasing.folder import publish
from scoring.releasing.gate import TOLD, Measured, compared, measured_release, measured_run
from scoring.releasing.links import alone, serving
from scoring.releasing.registry import CHALLENGER, CHAMPION, MODEL, Registry
from scoring.releasing.wording import one_line
from scoring.tracking import Store, StoredRun
from scoring.training.run_files import RELEASE


@dataclass(frozen=True, slots=True)
class Released:
    """What was released, where it lies, and what the release itself added to its model.json (gate.TOLD)."""

    model_version: str
    run: StoredRun
    folder: Path
    told: Mapping[str, Any]


def release(
    store: Store,
    root: Path,
    training_id: str | None = None,
    *,
    run_id: str | None = None,
    force: str | None = None,
    accepted: Acceptance | None = None,
) -> Released:
    """Release a run, or the chosen one of a training, by default of the newest complete one, in the project folder `root`.

    A model that breaks the four-fifths rule is not released unless it is `accepted`. One that the gate refuses is registered as
    challenger and not released, unless `force` says why. The alias follows the folder: what the registry calls champion was
    served. Once more is the same version again, and nothing is asked of it twice.
    Raises TrainingError where there is no such training or run, or it is refused; SettingError for a reason that is none;
    OutputError where root can't be written.
    """
    forced = None if force is None else one_line("--force", force, "give the reason")
    chosen = _releasable(store, run_id) if run_id else choose(store, training(store, training_id))
    registry = Registry(store)
    with tempfile.TemporaryDirectory() as name, alone(root):
        model_folder = store.download_model(chosen.run_id, MODEL, Path(name))
        for path in KEPT:
            store.download(chosen.run_id, path, Path(name))
        champion = _champion(store, registry, root)
        told = champion.told if champion and champion.run_id == chosen.run_id else {}
        if set(TOLD) - set(told):  # another model than the one that serves, or nobody knows what was said of this one
            fair = four_fifths(chosen.run_id, fairness_of(chosen, Path(name)), accepted)
            told = {"gate": _gate(registry, chosen, champion, forced), "four_fifths": fair}
        number = registry.register(chosen.run_id)
        files = release_files(chosen, number, model_folder, Path(name), told)
        version = model_version(number, files["model.pkl"])
        folder = publish(root, version, files)
        registry.describe(number, files[CARD].decode())
        registry.promote(number)
    return Released(version, chosen, folder, told)


def _releasable(store: Store, run_id: str) -> StoredRun:
    run = store.find(run_id)
    if run is None:
        raise TrainingError(f"run {run_id} is no finished run of a training: `make mlflow-ui` shows those that are")
    if (found := run.tags.get("model_class")) != RELEASABLE:
        raise TrainingError(f"run {run_id} holds a {found}, and a release is a {RELEASABLE}: name another run")
    if not store.holds(run_id, RELEASE):
        raise TrainingError(f"run {run_id} kept no {RELEASE}/ for a release: train again")
    return run


def _champion(store: Store, registry: Registry, root: Path) -> Measured | None:
    """The model that serves.

    Where the registry's alias names another one, the folder is right: it is what clients get their decisions from, and the alias
    was left behind by a kill, or is of another store.
    """
    folder = serving(root)
    if folder and (found := measured_release(folder)):
        return found
    run_id = registry.run_of(CHAMPION)
    if run_id is None:
        return Measured(folder.name) if folder else None
    name = f"version {registry.aliases()[CHAMPION]}"
    run = store.find(run_id)
    return measured_run(run, name) if run else Measured(name, run_id)


def _gate(registry: Registry, chosen: StoredRun, champion: Measured | None, forced: str | None) -> Mapping[str, Any]:
    other = champion if champion and champion.run_id != chosen.run_id else None
    gate, objection = compared(measured_run(chosen, chosen.run_id), other, forced)
    if not objection:
        return gate
    if champion and champion.run_id and (number := registry.version_of(champion.run_id)):
        registry.promote(number)  # no news, unless a kill left the alias behind
    number = registry.register(chosen.run_id)
    registry.challenge(number)
    raise TrainingError(
        f"run {chosen.run_id} is not released, but registered as version {number}, {CHALLENGER}: {objection}; "
        '--force "reason" releases it all the same'
    )
