"""What NannyML's CBPE expects decisions to cost, for benchmarks.beside_cbpe: run by .venv-nannyml's Python (make setup-nannyml).

    .venv-nannyml/bin/python benchmarks/cbpe.py PREDICTIONS.parquet FALSE_NEGATIVE FALSE_POSITIVE SIZE...

The file has target, report, probability and refused, a row a client. Reference: those outside the report split; analysis: the
report split in chunks of each size, a rest left out. Prints one line of JSON, a list with an entry a size: {"size", "seconds" of
fit and estimate, "recalibrated", "chunks": [[value, low, high, realised]]}, costs per client.

Its own "per_prediction" divides the clients of each decision by their own number and adds the two up, which is no cost per
client: the total of a chunk over its clients is.
"""

import json
import os
import sys
import time
import warnings
from typing import Any

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"  # read when NannyML is used: it would tell its makers


def main() -> None:
    import pandas as pd

    path, false_negative, false_positive, *sizes = sys.argv[1:]
    warnings.simplefilter("ignore")  # its own, on pandas to come
    clients = pd.read_parquet(path)
    analysis = clients[clients["report"]].reset_index(drop=True)
    reference = clients[~clients["report"]].reset_index(drop=True)
    matrix = [[0.0, float(false_positive)], [float(false_negative), 0.0]]  # by outcome, then by decision
    print(json.dumps([_chunks(reference, analysis, matrix, int(size)) for size in sizes]))


def _chunks(reference: Any, analysis: Any, matrix: list[list[float]], size: int) -> dict[str, Any]:
    from nannyml import CBPE

    whole = analysis.iloc[: len(analysis) // size * size]
    begun = time.perf_counter()
    estimator = CBPE(
        metrics=["business_value"],
        y_true="target",
        y_pred="refused",
        y_pred_proba="probability",
        problem_type="classification_binary",
        chunk_size=size,
        business_value_matrix=matrix,
    ).fit(reference)
    found = estimator.estimate(whole).filter(period="analysis").to_df()["business_value"]
    seconds = time.perf_counter() - begun
    columns = ["value", "lower_confidence_boundary", "upper_confidence_boundary", "realized"]
    chunks = (found[columns] / size).to_numpy().tolist()
    return {"size": size, "seconds": seconds, "recalibrated": bool(estimator.needs_calibration), "chunks": chunks}


if __name__ == "__main__":
    main()
