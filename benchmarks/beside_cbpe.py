"""Expected costs beside those of NannyML's CBPE, for benchmarks.expected_cost: the report split, cut into the same chunks."""

import json
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from benchmarks.batches import SIZES, Clients
from scoring import markdown
from scoring.errors import TrainingError
from scoring.settings import ROOT

PYTHON = ROOT / ".venv-nannyml" / "bin" / "python"
SCRIPT = Path(__file__).with_name("cbpe.py")
DEVIATIONS = 3
"""CBPE's interval is so many standard errors to either side: ours is given at the level of a normal one that wide."""


@dataclass(frozen=True, eq=False, slots=True)
class Told:
    """What was told of k chunks: cost per client, low end, high end, each (k,), and the seconds that it took."""

    value: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    seconds: float

    def row(self, realised: NDArray[np.float64]) -> list[str]:
        """What it was, how far off and how wide, means over the chunks; how many chunks lie inside, and how long it took."""
        inside = ((self.low <= realised) & (realised <= self.high)).sum()
        return [
            f"{self.value.mean():.4f}",
            f"{np.abs(self.value - realised).mean():.4f}",
            f"{(self.high - self.low).mean():.4f}",
            f"{inside} of {len(realised)}",
            f"{self.seconds:.3f}",
        ]


def cbpe_table(clients: Clients) -> Iterator[str]:
    """Both on the same chunks, or a line that says why not."""
    if not PYTHON.is_file():
        yield "Not beside NannyML's CBPE, which isn't here: make setup-nannyml"
        return
    split = np.flatnonzero(clients.report)
    sizes = [*SIZES, len(split)]
    begun = time.perf_counter()
    found = _cbpe(clients, sizes)
    seconds = time.perf_counter() - begun
    calibrated = "" if any(one["recalibrated"] for one in found) else "not "
    yield f"Beside NannyML's CBPE, whose intervals are {DEVIATIONS} standard errors to either side, and ours as sure; its"
    yield "reference is the clients outside the report split, which is cut into chunks without a rest."
    yield f"CBPE did {calibrated}recalibrate the PDs; with its start it took {seconds:.0f} seconds in all."
    yield ""
    titles = ["clients in a chunk", "by", "mean estimate", "distance from realised", "width", "realised inside", "seconds"]
    rows = [row for size, one in zip(sizes, found, strict=True) for row in _both(clients, split, size, one)]
    yield from markdown.table(titles, rows)


def _both(clients: Clients, split: NDArray[np.intp], size: int, found: dict[str, Any]) -> Iterator[list[str]]:
    """Our row and CBPE's, of the chunks of a size."""
    value, low, high, realised = np.array(found["chunks"]).T
    if not np.allclose(realised, [clients.became(chunk)[0] for chunk in _chunks(split, size)]):
        raise TrainingError("benchmarks/cbpe.py measured other chunks, or at other costs")
    yield [f"{size:,}", "ours", *_ours(clients, split, size).row(realised)]
    yield [f"{size:,}", "CBPE", *Told(value, low, high, found["seconds"]).row(realised)]


def _ours(clients: Clients, split: NDArray[np.intp], size: int) -> Told:
    level = float(2 * norm.cdf(DEVIATIONS) - 1)
    begun = time.perf_counter()
    costs = [clients.foreseen(chunk, level)[0] for chunk in _chunks(split, size)]
    seconds = time.perf_counter() - begun
    value, low, high = np.array([[one.value, one.low, one.high] for one in costs]).T
    return Told(value, low, high, seconds)


def _chunks(split: NDArray[np.intp], size: int) -> NDArray[np.intp]:
    return split[: len(split) // size * size].reshape(-1, size)


def _cbpe(clients: Clients, sizes: Sequence[int]) -> list[dict[str, Any]]:
    """What benchmarks/cbpe.py prints; TrainingError in its last words where it fails."""
    import pandas as pd

    columns = {"target": clients.target, "report": clients.report, "probability": clients.probability}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "predictions.parquet"
        pd.DataFrame({**columns, "refused": (~clients.granted).astype(np.int64)}).to_parquet(path, index=False)
        costs = (clients.costs.false_negative, clients.costs.false_positive)
        called = [str(part) for part in (PYTHON, SCRIPT, path, *costs, *sizes)]
        done = subprocess.run(called, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise TrainingError(f"benchmarks/cbpe.py failed: {(done.stderr.strip().splitlines() or ['no word'])[-1]}")
    found: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return found
