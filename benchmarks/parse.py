"""What it costs to take a request in: python -m benchmarks.parse prints the median time of each step for a full record.

Beside it stands the standard library's parser with a hook that would see names twice, which parse has to beat to be worth it.
"""

import json
import statistics
import timeit
from collections.abc import Callable
from pathlib import Path

from scoring import schema

ROUNDS, CALLS = 21, 300


def main() -> None:
    """Time the steps in turn, so that a slow moment of the machine falls on all of them."""
    client = json.loads((Path(__file__).parent.parent / "data" / "demo_clients.json").read_text())[0]
    body = json.dumps(client).encode()
    records = schema.parse(body, 1, 32).records
    steps: dict[str, Callable[[], object]] = {
        "json.loads with a pairs hook": lambda: json.loads(body, object_pairs_hook=dict),
        "parse (decode, names, checks)": lambda: schema.parse(body, 1, 32),
        "columns (for the input step)": lambda: schema.columns(records),
    }
    times: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(ROUNDS):
        for name, step in steps.items():
            times[name].append(timeit.timeit(step, number=CALLS) / CALLS * 1e6)
    print(f"one record of {len(client)} fields, {len(body)} bytes; microseconds, median of {ROUNDS} rounds")
    for name, taken in times.items():
        print(f"{name:32} {statistics.median(taken):7.1f}")


if __name__ == "__main__":
    main()
