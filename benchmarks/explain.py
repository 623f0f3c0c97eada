"""What an explanation costs: python -m benchmarks.explain prints it beside LightGBM's own contributions, shap's, and a decision.

One client at a time, on one thread, the released model's demo clients in turn. shap comes with `make setup-compare`; its
TreeExplainer is built once and kept warm. The last lines are medians over HTTP, one caller at a time.
"""

import http.client
import json
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from model import Scorer
from tests.conftest import LATEST, demo_clients
from tests.serving import KEY, serving

ROUNDS, CALLS = 15, 40
REQUESTS = 5
HOPELESS = {
    "NAME_CONTRACT_TYPE": "Cash loans",
    "AMT_INCOME_TOTAL": 140_000,
    "AMT_GOODS_PRICE": 450_000,
    "AMT_CREDIT": 500_000,
    "AMT_ANNUITY": 45_000,
    "EXT_SOURCE_2": 0.08,
    "EXT_SOURCE_3": 0.05,
}
OURS, LIGHTGBM, SHAP = "ours, by field", "LightGBM's pred_contrib", "shap.TreeExplainer, warm"


def main() -> int:
    """Time each in turn, so that a slow moment of the machine falls on all of them."""
    try:
        import shap
    except ImportError:
        print("shap isn't here: make setup-compare", file=sys.stderr)
        return 2
    scorer = Scorer.load(LATEST)
    clients, model, explainer = demo_clients(), scorer.model, scorer.explainer()
    rows = [model.input_matrix({name: (one.get(name),) for name in model.fields_}) for one in clients]
    warnings.simplefilter("ignore", UserWarning)  # shap's own, on the shape of what it gives
    trees = shap.TreeExplainer(model.booster_)
    steps: dict[str, Callable[[int], object]] = {
        OURS: lambda i: explainer.contributions(rows[i]),
        LIGHTGBM: lambda i: model.booster_.predict(rows[i], pred_contrib=True, num_threads=1),
        SHAP: lambda i: trees.shap_values(rows[i]),
    }
    with threadpool_limits(1):  # shap asks LightGBM, too, and doesn't say with how many threads
        _contributions(steps, len(rows))
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as server:
        _answers(server.port, clients)
        _many(server.port, clients)
    return 0


def _contributions(steps: dict[str, Callable[[int], object]], rows: int) -> None:
    turn, times = cycle(range(rows)), {name: list[float]() for name in steps}
    for step in steps.values():
        step(0)
    for _ in range(ROUNDS):
        for name, step in steps.items():
            begun = time.perf_counter()
            for _ in range(CALLS):
                step(next(turn))
            times[name].append((time.perf_counter() - begun) / CALLS * 1e3)
    print(f"contributions of one client, ms: medians of {ROUNDS} rounds of {CALLS}, and of the ratios to LightGBM's")
    for name, taken in times.items():
        ratio = statistics.median(one / its for one, its in zip(taken, times[LIGHTGBM], strict=True))
        print(f"{name:28} {statistics.median(taken):7.3f} {ratio:7.2f}")


def _answers(port: int, clients: Sequence[dict[str, Any]]) -> None:
    kinds: dict[str, list[float]] = {}
    for client in (clients[0], *clients):  # the first of all warms up
        for path in ("/predict", "/explain"):
            answer, taken = _ask(port, path, client)
            recourse = path == "/explain" and (answer["recourse"] or {}).get("changes")
            kind = f"{path}, {answer['decision']}" + (", with a recourse" if recourse else "")
            kinds.setdefault(kind, []).append(taken)
    print("\nanswers over HTTP, milliseconds: p50, and how many")
    for kind, all_taken in sorted(kinds.items(), reverse=True):
        print(f"{kind:36} {statistics.median(all_taken):7.2f} {len(all_taken):5}")


def _many(port: int, clients: Sequence[dict[str, Any]]) -> None:
    """One request of many: of clients as they come, and of those for whom every loan is tried in vain."""
    print(f"\n{len(clients)} clients in one request to /explain, seconds: median of {REQUESTS}")
    for name, records in (("as they come", clients), ("for whom nothing suffices", [HOPELESS] * len(clients))):
        taken = [_ask(port, "/explain", records)[1] for _ in range(REQUESTS)]
        print(f"{name:36} {statistics.median(taken) / 1e3:7.2f}")


def _ask(port: int, path: str, body: Any) -> tuple[Any, float]:
    """The answer, and the milliseconds that it took."""
    begun = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("POST", path, json.dumps(body), {"content-type": "application/json", "x-api-key": KEY})
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer, (time.perf_counter() - begun) * 1e3


if __name__ == "__main__":
    sys.exit(main())
