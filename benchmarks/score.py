"""What scoring one client costs: python -m benchmarks.score prints the median time of each step for one record, on one thread.

The records take turns, so that no step profits from having just seen the same client. Booster.predict and the standard
library's parser stand beside ours as measures of the machine.
"""

import hashlib
import json
import pickle
import statistics
import timeit
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

from custom_threshold_model import CustomThresholdModel

ROOT = Path(__file__).parent.parent
ROUNDS, CALLS = 21, 400


def released(folder: Path) -> CustomThresholdModel:
    """The model of a release folder, opened only if it is the one that model.json describes."""
    folder = folder.resolve()  # latest is a link: a release meanwhile must not mix two
    pickled = (folder / "model.pkl").read_bytes()
    if hashlib.sha256(pickled).hexdigest() != json.loads((folder / "model.json").read_bytes())["sha256"]:
        raise SystemExit(f"{folder / 'model.pkl'} is not the file that model.json names by its sha256")
    model: CustomThresholdModel = pickle.loads(pickled)
    return model


def main() -> None:
    """Time the steps in turn, so that a slow moment of the machine falls on all of them."""
    clients = json.loads((ROOT / "data" / "demo_clients.json").read_text())
    model = released(ROOT / "models" / "latest")
    bodies = [json.dumps(client) for client in clients]
    columns = [{name: (client.get(name),) for name in model.fields_} for client in clients]
    rows = [model.input_matrix(one) for one in columns]
    steps: dict[str, Callable[[int], object]] = {
        "json.loads (standard library)": lambda i: json.loads(bodies[i]),
        "input step": lambda i: model.input_matrix(columns[i]),
        "raw score": lambda i: model.raw_score(rows[i]),
        "Booster.predict of the same": lambda i: model.booster_.predict(rows[i], raw_score=True, num_threads=1),
    }
    times: dict[str, list[float]] = {name: [] for name in steps}
    turn = cycle(range(len(clients)))
    for _ in range(ROUNDS):
        for name, step in steps.items():
            times[name].append(timeit.timeit(lambda step=step: step(next(turn)), number=CALLS) / CALLS * 1e6)  # type: ignore[misc]
    print(f"{len(model.fields_)} fields, {len(model.columns_)} columns; microseconds a record, one thread, {ROUNDS} rounds")
    print(f"{'':32} {'median':>7} {'lowest':>7}")
    for name, taken in times.items():
        print(f"{name:32} {statistics.median(taken):7.1f} {min(taken):7.1f}")


if __name__ == "__main__":
    main()
