"""scores.json: the PDs of a training, summed up without any client's row, and how unsure their calibration is."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.monitoring.calibration import calibration_covariance
from scoring.training.predictions import Predictions
from scoring.training.reference import DIGITS, LEAST_GROUP, LEVELS

Floats = NDArray[np.float64]


def score_profile(predictions: Predictions, threshold: float) -> dict[str, Any]:
    """{"clients": n, "levels": [those of reference.json], "quantiles": {group: the PD at each level}, "calibration_covariance"}.

    The groups are "all", "granted" and "refused" at `threshold`, by the PDs that clients are measured by; one of fewer than
    LEAST_GROUP clients is left out. The covariance, [[2 x 2]] or None, is that of intercept and slope of a recalibration of the
    clients outside the report split: the model's own calibration was learnt from as many.
    """
    probability = predictions.probability
    refused = probability >= threshold
    groups = {"all": probability, "granted": probability[~refused], "refused": probability[refused]}
    covariance = calibration_covariance(probability[~predictions.report])
    return {
        "clients": len(probability),
        "levels": _rounded(LEVELS),
        "quantiles": {
            group: _rounded(np.quantile(members, LEVELS, method="inverted_cdf"))
            for group, members in groups.items()
            if len(members) >= LEAST_GROUP
        },
        "calibration_covariance": None if covariance is None else [_rounded(row) for row in covariance],
    }


def _rounded(values: Floats) -> list[float]:
    return [float(f"{value:.{DIGITS}g}") for value in values.tolist()]
