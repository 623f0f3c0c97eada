"""What came of a batch, as a picture, a table and a file."""

import csv
import io
from collections.abc import Sequence
from typing import Any, Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.answers import Decision
from dashboard.batch_chart import histogram
from dashboard.batch_result import as_csv
from dashboard.markup import rendered
from dashboard.words import Words, words

PROBABILITIES = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def decision(client: int, probability: float, threshold: float = 0.2, version: str = "7") -> Decision:
    word: Literal["granted", "refused"] = "refused" if probability >= threshold else "granted"
    return Decision(f"id-{client}", client, probability, threshold, word, 0, [], version)


def drawn(probabilities: Sequence[float], threshold: float, of: Words | None = None) -> dict[str, Any]:
    """The picture as the browser gets it."""
    chart: dict[str, Any] = histogram(probabilities, threshold, of or words("en")).to_dict()
    return chart


def rows(chart: dict[str, Any], layer: int = 0) -> list[dict[str, Any]]:
    """What a layer of it is made of."""
    found: list[dict[str, Any]] = chart["datasets"][chart["layer"][layer]["data"]["name"]]
    return found


def test_six_clients_stand_in_the_bars_of_their_probabilities() -> None:
    """Forty bars up to 0.4, the highest: twenty of 0.01 below the threshold."""
    bars = rows(drawn([0.005, 0.012, 0.019, 0.199, 0.2, 0.4], 0.2))
    counted = {round(row["from"], 6): (row["count"], row["side"]) for row in bars if row["count"]}
    granted, refused = "Credits granted: 4", "Credits refused: 2"
    assert counted == {0.0: (1, granted), 0.01: (2, granted), 0.19: (1, granted), 0.2: (1, refused), 0.4: (1, refused)}
    assert {round(row["to"] - row["from"], 9) for row in bars} == {0.01}


@example(probabilities=[0.925884582345827], threshold=0.925884582345827)
@given(probabilities=PROBABILITIES, threshold=st.floats(0.01, 1) | st.just(0.0))
def test_every_client_is_in_one_bar_and_no_bar_on_both_sides(probabilities: list[float], threshold: float) -> None:
    bars = rows(drawn(probabilities, threshold))
    assert all((row["from"] >= threshold) == (row["side"].startswith("Credits refused")) for row in bars)
    assert all(row["to"] <= threshold for row in bars if row["side"].startswith("Credits granted"))
    assert sum(row["count"] for row in bars) == len(probabilities)
    refused = sum(row["count"] for row in bars if row["from"] >= threshold)
    assert refused == sum(one >= threshold for one in probabilities)


@pytest.mark.parametrize(("code", "share", "count"), [("fr", "9,1\u00a0%", "1\u202f500"), ("en", "9.1%", "1,500")])
def test_the_picture_speaks_the_language_of_its_reader_and_says_what_it_shows(code: str, share: str, count: str) -> None:
    chart = drawn([0.05] * 1_500 + [0.5], 0.0909, words(code))
    assert share in chart["description"]
    assert count in chart["description"]
    assert rows(chart, 2)[0]["label"].endswith(share)
    assert "tooltip" not in str(chart)


@pytest.mark.parametrize(("threshold", "side"), [(0.1, "left"), (0.9, "right")])
def test_the_label_of_the_threshold_stands_where_there_is_room(threshold: float, side: str) -> None:
    assert drawn([0.95, 0.01], threshold)["layer"][2]["mark"]["align"] == side


def test_the_file_holds_each_decision_to_the_last_bit() -> None:
    decisions = [decision(3, 0.1 + 0.2), decision(1, 1e-17, version="8, new")]
    assert list(csv.reader(io.StringIO(as_csv(decisions, "simulation").decode()))) == [
        ["client", "probability", "threshold", "decision", "purpose", "decision_id", "model_version"],
        ["3", "0.30000000000000004", "0.2", "refused", "simulation", "id-3", "7"],
        ["1", "1e-17", "0.2", "granted", "simulation", "id-1", "8, new"],
    ]


def test_the_table_names_its_rows_and_columns_for_who_cannot_see_it() -> None:
    english = rendered("decisions", words("en"), decisions=[decision(3, 0.25), decision(1, 0.05)])
    assert english.count('scope="col"') == 4
    assert '<tr><th scope="row">3</th><td>25.0%</td><td>20.0%</td><td>Refused</td></tr>' in english
    assert "<td>Granted</td>" in english
    assert "<caption>The first clients of the file</caption>" in english
