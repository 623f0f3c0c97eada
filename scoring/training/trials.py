"""What training rests on, as a digest; and a tuning's trials in MLflow, each a run below its candidate's, found again by it."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

import custom_threshold_model
from scoring import cost, inputs
from scoring.tracking import LIBRARIES, OpenRun, Store
from scoring.training import candidates, clients, fitting, resampling, splits, tuning
from scoring.training.candidates import Candidate
from scoring.training.clients import Clients
from scoring.training.outcome import Progress
from scoring.training.resuming import RECIPE
from scoring.training.splits import N_FOLDS
from scoring.training.tuning import MOST_LEAVES, SPACE, Trial

_SHAPING = (custom_threshold_model, cost, inputs, candidates, clients, fitting, resampling, splits, tuning)
CODE = (*(Path(module.__file__ or "") for module in _SHAPING), Path(__file__))
"""The modules that shape a model: with other code it may be another one."""

SHAPING_LIBRARIES = (*LIBRARIES, "imbalanced-learn", "optuna")


def recipe(fields: Iterable[str], code: Sequence[Path] = CODE, libraries: Sequence[str] = SHAPING_LIBRARIES) -> str:
    """What a model rests on beside data and seed, as a sha256: the fields in their order with their labels, code, versions."""
    return _sha256(
        {
            "fields": [[name, inputs.CATEGORIES.get(name)] for name in fields],
            "code": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in code},
            "versions": {library: metadata.version(library) for library in libraries},
        }
    )


def digest(candidate: Candidate, *, recipe: str, fingerprint: str, seed: int) -> str:
    """What a trial's value rests on, as a sha256: the recipe, the data, the seed, the space, the model before tuning."""
    return _sha256(
        {
            "recipe": recipe,
            "fingerprint": fingerprint,
            "seed": seed,
            "space": {name: repr(distribution) for name, distribution in SPACE.items()},
            "most_leaves": MOST_LEAVES,
            "model": repr(sorted(candidate.make(seed).get_params().items())),
        }
    )


def tuned(
    candidate: Candidate,
    clients: Clients,
    store: Store,
    run: OpenRun,
    *,
    plan: Mapping[str, str],
    training_id: str,
    progress: Progress,
) -> tuple[Candidate, dict[str, str]]:
    """The candidate with the best parameters found, and what its run says of that; each trial is a run below it.

    plan: the training's, with its recipe, fingerprint and seed. Finished trials that rest on the same (digest) are taken from
    MLflow, whichever training they are of.
    """
    seed = int(plan["seed"])
    rests_on = digest(candidate, recipe=plan[RECIPE], fingerprint=plan["fingerprint"], seed=seed)
    stored = (from_tags(child.tags) for child in store.children("tuning", rests_on))
    known = {trial.number: trial for trial in stored}

    def tried(trial: Trial) -> None:
        name = f"{candidate.name}: trial {trial.number + 1} of {candidate.trials}"
        if known.get(trial.number) != trial:
            tags = as_tags(trial) | {"training_id": training_id, "tuning": rests_on}
            run.log_child(name, tags=tags, params=trial.parameters, metrics={"log_loss": trial.value})
        progress(name, N_FOLDS)

    X, y = clients.X[~clients.report], clients.y[~clients.report]
    best = tuning.tune(candidate, X, y, seed=seed, known=known, tried=tried)
    tags = {"tuning": rests_on, "best_trial": str(best.number), "best_trial_log_loss": repr(best.value)}
    return replace(candidate, make=partial(candidate.make, **tuning.arguments(best.parameters)), trials=0), tags


def as_tags(trial: Trial) -> dict[str, str]:
    """A trial as the tags of its run, to the last bit."""
    return {
        "trial": str(trial.number),
        "trial_parameters": json.dumps(dict(trial.parameters), sort_keys=True),
        "trial_value": repr(trial.value),
    }


def from_tags(tags: Mapping[str, str]) -> Trial:
    """The trial that as_tags wrote."""
    return Trial(int(tags["trial"]), json.loads(tags["trial_parameters"]), float(tags["trial_value"]))


def _sha256(rests_on: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(rests_on, sort_keys=True).encode()).hexdigest()
