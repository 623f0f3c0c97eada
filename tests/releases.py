"""Releases for tests: a store of small runs and a project that releases them, and folders of mere words that a kill can meet."""

import json
import pickle
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import pandas as pd

from model import Scorer
from scoring.cost import COSTS
from scoring.fairness.measures import measure
from scoring.inputs import CATEGORIES, NUMBERS
from scoring.releasing import folder
from scoring.releasing.acceptance import Acceptance
from scoring.releasing.links import alone
from scoring.releasing.registry import Registry
from scoring.releasing.release import Released, release
from scoring.synthetic import labelled_records
from scoring.tracking import Store
from scoring.training.candidates import Candidate, lightgbm
from scoring.training.clients import clients_of
from scoring.training.findings import answer_for, find
from scoring.training.fitting import fit, leaves
from scoring.training.predictions import Predictions
from scoring.training.run_files import Provenance, write_json, write_pictures, write_release
from tests.conftest import ROOT, demo_clients

HERE, ELSEWHERE = "a" * 64, "b" * 64
RUNS: Mapping[str, tuple[float, str | None]] = {
    "plain": (0.50, HERE),
    "better": (0.45, HERE),
    "worse": (0.60, HERE),
    "elsewhere": (0.40, ELSEWHERE),
    "untold": (0.40, None),
    "unfair": (0.45, HERE),
}
"""Candidate -> its report cost per client and its report split: a run each."""

PARAMS = {"cost_false_negative": 10, "cost_false_positive": 1, "seed": 0}


def treated(granted: int) -> dict[str, Any]:
    """A fairness of 2,000 made-up clients, of whom 900 of 1,000 men are granted credit, and so many of 1,000 women."""
    sexes = np.repeat(["M", "F"], 1000)
    refused = np.concatenate([np.arange(1000) >= 900, np.arange(1000) >= granted])
    groups = pd.DataFrame({"sex": sexes, "family_status": "Married", "age_band": "26 to 35"})
    target = np.arange(2000) % 10 == 0
    return measure(groups, probability=0.9 * refused, target=target, threshold=0.5, costs=COSTS, resamples=20)


FAIRNESS = (treated(890), treated(700))
"""One that keeps the four-fifths rule, and one that doesn't."""


def stored_runs(base: Path, root: Path) -> Store:
    """A store of RUNS in `root`, none of them registered; they are made once below `base`, the session's own folder."""
    made = base / "stored_runs.db"
    if not made.exists():
        beside = Path(mkdtemp(prefix="stored_runs-", dir=base))  # the runs' files stay there: the store says where they lie
        make_runs(beside)
        (beside / "mlflow.db").rename(made)
    shutil.copy(made, root / "mlflow.db")
    return Store(f"sqlite:///{root / 'mlflow.db'}")


def make_runs(made: Path) -> None:
    """The store mlflow.db, and the files of its runs, in an empty folder."""
    store = Store(f"sqlite:///{made / 'mlflow.db'}")
    clients = clients_of(labelled_records(1500, seed=3, first_id=73_000_001))
    small = Candidate("small", lambda seed: lightgbm(seed, n_estimators=20, n_jobs=1))
    fitted = fit(small, clients.X, clients.y, seed=0)
    predictions = Predictions(clients.y, clients.report, fitted.probability, fitted.own, clients.groups)
    found = find(predictions, fitted.threshold, costs=COSTS, seed=0)
    metrics = {**found.metrics, "leaves": float(leaves(fitted.model))}
    _, entries = answer_for(predictions, fitted.threshold, metrics, found.choice, costs=COSTS, seed=0)
    data = {"fingerprint": "f" * 64, "rows": 1500, "defaults": int(clients.y.sum()), "report_rows": int(clients.report.sum())}
    provenance = Provenance("a training", "small", "no commit", "f" * 64, "2026-01-01T00:00:00Z")
    write_release(fitted, clients.X, demo_clients()[:10], {"data": data, **entries}, provenance, made)
    (made / "beside").mkdir()
    predictions.write(made / "beside")
    write_pictures(predictions.samples, found.choice, made / "beside")
    for number, name in enumerate(RUNS):
        write_run(store, name, fitted.model.set_params(random_state=number), made)  # another pickle, the same scores


def write_run(store: Store, name: str, model: Any, made: Path) -> None:
    """A run as a training keeps it, with the files of made/release and the figures of RUNS."""
    cost, split = RUNS[name]
    told = {"report_fingerprint": split} if split else {}
    described = json.loads((made / "release" / "model.json").read_text())
    metrics = described["metrics"] | {"report_cost_per_client": cost}
    shutil.copytree(made / "beside", made / name)
    shutil.copytree(made / "release", made / name / "release")
    entries = {"candidate": name, "metrics": metrics, "data": described["data"] | told, "fairness": FAIRNESS[name == "unfair"]}
    write_json(made / name / "release" / "model.json", described | entries)
    tags = {"training_id": f"training of {name}", "candidate": name, "training_candidates": name}
    with store.run(name, {**tags, **told, "model_class": type(model).__name__}) as run:
        run.log(params=PARAMS, metrics=metrics, tags={}, artifacts=made / name)
        run.log_model(model, "model", numbers=NUMBERS, labels=list(CATEGORIES))


class Project:
    """A project folder and its store, on their way from release to release; candidates stand for their runs."""

    def __init__(self, store: Store, root: Path) -> None:
        self.store, self.root = store, root
        self.runs = {run.tags["candidate"]: run.run_id for run in store.runs()}

    def release(self, candidate: str, force: str | None = None, accepted: Acceptance | None = None) -> Released:
        return release(self.store, self.root, run_id=self.runs[candidate], force=force, accepted=accepted)

    def serves(self) -> str:
        """The candidate in models/latest, once the service would open it."""
        named = {run_id: name for name, run_id in self.runs.items()}
        return named[Scorer.load(self.root / "models" / "latest").release.run_id]

    def aliases(self) -> dict[str, str]:
        """Alias -> candidate."""
        registry = Registry(self.store)
        named = {run_id: name for name, run_id in self.runs.items()}
        return {alias: named[str(registry.run_of(alias))] for alias in registry.aliases()}

    def described(self) -> Any:
        """model.json of what serves."""
        return json.loads((self.root / "models" / "latest" / "model.json").read_text(encoding="utf-8"))


NAMES = ("model.pkl", "model.json", "reference.json", "run/MLmodel", "run/best_threshold")


def files(word: str) -> dict[str, bytes]:
    """A release in which every file says which one it belongs to."""
    return {name: f"{name} of {word}".encode() * 1000 for name in NAMES}


def publish(root: Path, name: str, content: dict[str, bytes]) -> Path:
    with alone(root):
        return folder.publish(root, name, content)


def served(root: Path) -> dict[str, bytes]:
    """What a reader of models/latest and mlruns_reduced finds."""
    latest = {name: (root / "models" / "latest" / name).read_bytes() for name in NAMES if not name.startswith("run/")}
    return latest | {f"run/{path.name}": path.read_bytes() for path in (root / "mlruns_reduced").iterdir()}


def whole_releases(root: Path) -> list[str]:
    return sorted(path.name for path in (root / "models" / "releases").iterdir() if not path.name.startswith("."))


# Python tells its audit hooks of every file that it opens, makes, renames, links or removes: the process dies at the n-th.
KILLED_AT = """
import os, pickle, signal, sys
from pathlib import Path
from scoring.releasing.folder import publish
from scoring.releasing.acceptance import Acceptance
from scoring.releasing.links import alone, before, switch

action, root, version, content, left = pickle.load(sys.stdin.buffer)

def count(event, arguments):
    global left
    if event in ("open", "os.mkdir", "os.rename", "os.symlink", "os.remove", "os.rmdir"):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(count)
with alone(root):
    publish(root, version, content) if action == "publish" else switch(root, before(root))
"""


def publish_and_die(root: Path, word: str, step: int) -> bool:
    """Publish in a process that SIGKILL ends before its step number `step`; gives whether it was killed."""
    return killed(("publish", root, word, files(word), step))


def roll_back_and_die(root: Path, step: int) -> bool:
    """Let the release before serve in such a process."""
    return killed(("roll back", root, "", {}, step))


def killed(order: tuple[str, Path, str, dict[str, bytes], int]) -> bool:
    done = subprocess.run(
        [sys.executable, "-c", KILLED_AT], cwd=ROOT, input=pickle.dumps(order), capture_output=True, check=False
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr.decode()
    return done.returncode != 0
