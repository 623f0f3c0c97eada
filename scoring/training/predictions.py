"""What a run keeps of each client that it was measured on: outcome, probabilities and groups, and nothing else of the file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from scoring.errors import TrainingError
from scoring.training.metrics import Sample

PREDICTIONS = "predictions.parquet"


@dataclass(frozen=True, eq=False, slots=True)
class Predictions:
    """The n clients of a training, in its order (SK_ID_CURR's): selection, thresholds and fairness rest on this alone.

    target (n,): 0 or 1. report (n,): who is in the report split. probability (n,): the PD that a client is measured by, out of
    fold outside the report split, in it from the model that never saw it. released (n,): what the model fitted on all clients
    makes of its own out-of-fold scores; its threshold was learnt from them. groups (n, attributes): see scoring.fairness.
    """

    target: NDArray[np.int64]
    report: NDArray[np.bool_]
    probability: NDArray[np.float64]
    released: NDArray[np.float64]
    groups: pd.DataFrame

    @property
    def samples(self) -> tuple[Sample, Sample]:
        """The clients outside the report split, and those in it."""
        outside = ~self.report
        return (
            Sample("out of fold", self.probability[outside], self.target[outside]),
            Sample("report split", self.probability[self.report], self.target[self.report]),
        )

    def write(self, folder: Path) -> None:
        """PREDICTIONS in a folder."""
        clients = pd.DataFrame({"target": self.target.astype(np.int8), "report": self.report})
        clients = clients.assign(probability=self.probability, released=self.released)
        clients.join(self.groups.reset_index(drop=True)).to_parquet(folder / PREDICTIONS, index=False)

    @classmethod
    def read(cls, path: Path) -> Self:
        """What `write` wrote; TrainingError for another file, as earlier versions of this code wrote it."""
        try:
            frame = pd.read_parquet(path)
            target, report, probability, released = (
                frame.pop(name).to_numpy() for name in ("target", "report", "probability", "released")
            )
        except KeyError as missing:
            raise TrainingError(f"{path.name} of the run is of before predictions held {missing}: train again") from None
        except pa.ArrowInvalid:
            raise TrainingError(f"{path.name} of the run is damaged: train again") from None
        return cls(target.astype(np.int64), report, probability, released, frame)
