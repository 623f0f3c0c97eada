"""Training: every candidate fitted, measured and kept in MLflow as one run, with the model that a release would take."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from scoring.settings import ROOT
from scoring.tracking import OpenRun, Store
from scoring.training import trials
from scoring.training.candidates import CANDIDATES, Candidate
from scoring.training.clients import Clients, clients_of
from scoring.training.code_version import git_commit
from scoring.training.outbox import Kept, Outbox
from scoring.training.outcome import FITS, Outcome, Progress, outcome
from scoring.training.resuming import RECIPE, Before, before, checked_id
from scoring.training.run_files import Provenance
from scoring.training.runs import new_training_id, send
from scoring.training.splits import N_FOLDS

KEPT = ROOT / "var" / "trainings"


@dataclass(frozen=True, eq=False, slots=True)
class Training:
    """A training that goes on: whom it learns from, what it is of (`plan`, on each of its runs), and where it is kept."""

    training_id: str
    clients: Clients
    golden: Sequence[Mapping[str, Any]]
    seed: int
    plan: Mapping[str, str]
    commit: str
    store: Store
    outbox: Outbox
    progress: Progress


def train(
    frame: pd.DataFrame,
    store: Store,
    *,
    fingerprint: str,
    golden: Sequence[Mapping[str, Any]],
    kept: Path = KEPT,
    candidates: Sequence[Candidate] = CANDIDATES,
    seed: int = 0,
    resume: str | None = None,
    begun: Callable[[str], object] = lambda training_id: None,
    progress: Progress = lambda step, fits: None,
) -> str:
    """Train every candidate on `frame`, each a run of one training in MLflow; gives the training's id.

    frame: one client a row with SK_ID_CURR, TARGET and the record's fields, sorted by SK_ID_CURR. fingerprint: of the data.
    golden: records of clients who don't exist, to recognise the model by. kept: the folder for what isn't sent yet.
    resume: the id of a training that stopped, to be finished. begun: told the id that would resume this one, once it can be.
    progress: told each step and its fits, count_fits(candidates) in all. Raises TrainingError where the rows can't teach
    anything, MLflow fails or there is no such training to resume; what was trained before that stays.
    """
    clients = clients_of(frame)
    plan = {
        "fingerprint": fingerprint,
        "seed": str(seed),
        "training_candidates": ",".join(one.name for one in candidates),
        "trials": str(sum(one.trials for one in candidates)),
        RECIPE: trials.recipe(clients.X.columns),
    }
    training_id = checked_id(resume) if resume else new_training_id()
    outbox = Outbox(kept / training_id)
    training = Training(training_id, clients, golden, seed, plan, git_commit(ROOT), store, outbox, progress)
    with outbox.open():
        runs = before(store, outbox, training_id, plan) if resume else {}
        outbox.begin(plan)
        begun(training_id)
        for candidate in candidates:
            _train(training, candidate, runs.get(candidate.name, Before(None, finished=False)))
    return training_id


def count_fits(candidates: Sequence[Candidate]) -> int:
    """How many fits a training of these candidates is."""
    return sum(FITS + N_FOLDS * candidate.trials for candidate in candidates)


def _train(training: Training, candidate: Candidate, before: Before) -> None:
    if before.finished:
        training.progress(f"{candidate.name}: finished before", count_fits([candidate]))
    else:
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        provenance = Provenance(training.training_id, candidate.name, training.commit, training.plan["fingerprint"], now)
        with training.store.run(candidate.name, asdict(provenance) | dict(training.plan), before.run_id) as run:
            send(run, _kept(training, candidate, run, provenance))
    training.outbox.sent(candidate.name)


def _kept(training: Training, candidate: Candidate, run: OpenRun, provenance: Provenance) -> Kept:
    if kept := training.outbox.kept(candidate.name):
        training.progress(f"{candidate.name}: fitted before", count_fits([candidate]))
        return kept
    plan, clients, progress = training.plan, training.clients, training.progress
    found, tags = candidate, dict[str, str]()
    if candidate.trials:
        found, tags = trials.tuned(
            candidate, clients, training.store, run, plan=plan, training_id=training.training_id, progress=progress
        )

    def make(folder: Path) -> Outcome:
        made = outcome(found, clients, training.golden, provenance, seed=training.seed, progress=progress, folder=folder)
        return replace(made, tags={**made.tags, **tags})

    return training.outbox.keep(candidate.name, make)
