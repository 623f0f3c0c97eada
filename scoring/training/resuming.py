"""What is there of a training that stopped, and whether it may go on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from scoring.errors import TrainingError
from scoring.tracking import Store
from scoring.training.outbox import Outbox

RECIPE = "recipe"
"""The entry of a plan that is a digest, which tells its reader nothing."""

_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Before:
    """A candidate's run of before, if there is one, and whether it is finished."""

    run_id: str | None
    finished: bool


def checked_id(training_id: str) -> str:
    """The id of a training, which names its folder; TrainingError for what is none."""
    if not _ID.fullmatch(training_id):
        raise TrainingError(f"{training_id[:80]!r} is no training's id: give the one that the training named")
    return training_id


def before(store: Store, outbox: Outbox, training_id: str, plan: Mapping[str, str]) -> dict[str, Before]:
    """The runs of a training, by candidate.

    Raises TrainingError where there is neither a run nor anything kept of it, or where it was begun with another plan. The outbox
    must be open: until then another process may finish runs.
    """
    finished, unfinished = store.runs(training_id), store.unfinished(training_id)
    plans = [run.tags for run in (*finished, *unfinished)]
    if kept := outbox.plan():
        plans.append(kept)
    if not plans:
        raise TrainingError(f"training {training_id} is neither in MLflow nor in {outbox.folder.parent}: train anew")
    for was in plans:
        differing = [name for name, value in plan.items() if was.get(name) != value]
        if other := ", ".join(f"{name} {was.get(name)} and not {plan[name]}" for name in differing if name != RECIPE):
            raise TrainingError(f"training {training_id} can't go on with something else: it has {other}")
        if differing:
            raise TrainingError(f"training {training_id} was begun with other code, fields or versions of libraries: train anew")
    runs = {run.tags["candidate"]: Before(run.run_id, finished=False) for run in unfinished}
    return runs | {run.tags["candidate"]: Before(run.run_id, finished=True) for run in finished}
