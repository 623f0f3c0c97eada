"""The aggregates that every history shares: the same bits whatever the order and the threads, 9 digits, unknown kept unknown."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from scoring.features.aggregates import History, count, distinct, mean, mean_ratio, per_client, share, share_of_totals, total
from scoring.fields import ID
from scoring.tables import Column, Table
from scoring.tables.reading import Database, open_tables

PAIRS = Table("pairs", ID, (Column(ID, "id"), Column("PART", "number"), Column("WHOLE", "number")), unique_key=False)
Found = Mapping[str, list[float | None]]


def aggregated(database: Database) -> Found:
    """Every aggregate of table pairs, of all of whose clients everything is known."""
    rows = database.tables["pairs"]
    part, whole = rows.PART, rows.WHOLE
    aggregates = {
        "count": count(part > 0),
        "distinct": distinct(part, whole > 0),
        "total": total(part),
        "total_where": total(part, whole > 0),
        "mean": mean(part),
        "mean_where": mean(part, whole > 0),
        "mean_ratio": mean_ratio(part / whole.nullif(0)),
        "share": share(part > 0),
        "share_of_totals": share_of_totals(part, whole),
    }
    clients = rows.select(ID).distinct().mutate(known=True)
    found: Found = database.fetch(per_client(History(rows, aggregates), clients).order_by(ID)).to_pydict()
    return found


def of_pairs(folder: Path, clients: Sequence[int], part: Sequence[Any], whole: Sequence[Any] | None = None) -> Found:
    columns = {ID: clients, "PART": part, "WHOLE": [1.0] * len(clients) if whole is None else whole}
    pq.write_table(pa.table(columns), folder / "pairs.parquet")
    with open_tables(folder, [PAIRS]) as database:
        return aggregated(database)


def bits(found: Found) -> dict[str, bytes]:
    return {name: np.array(values, dtype=float).tobytes() for name, values in found.items()}


# --- the same bits, whatever the order


def test_neither_the_order_of_the_rows_nor_the_threads_change_a_bit(tmp_path: Path) -> None:
    """8,000 clients of 32 rows: amounts as they come, a tenth of a penny apart, whose means lie half-way between 9 digits."""
    random = np.random.default_rng(0)
    clients = np.repeat(np.arange(8_000), 32)
    part = random.integers(-(10**9), 10**9, clients.size) / 1000 + np.where(random.random(clients.size) < 0.1, 1e9, 0)
    whole = random.integers(0, 10**9, clients.size) / 1000
    found = []
    for threads in (1, 2):
        order = random.permutation(clients.size)  # so that each client stands in several of DuckDB's row groups
        pq.write_table(pa.table({ID: clients[order], "PART": part[order], "WHOLE": whole[order]}), tmp_path / "pairs.parquet")
        with open_tables(tmp_path, [PAIRS]) as database:
            database.connection.execute(f"SET threads = {threads}")
            found.append(bits(aggregated(database)))
    assert found[0] == found[1]


@pytest.mark.parametrize("step", [1, -1])
def test_pennies_are_not_lost_beside_a_billion(step: int, tmp_path: Path) -> None:
    amounts = [1e9 + 0.03, *[0.1] * 10, -1e9][::step]  # floats make 1.0300002098 of them
    found = of_pairs(tmp_path, [1] * 12, amounts)
    assert found["total"] == [1.03]
    assert found["mean"] == [0.0858333333]  # 1.03 / 12


def test_an_amount_is_added_to_the_fourth_decimal(tmp_path: Path) -> None:
    assert of_pairs(tmp_path, [1, 1, 2], [0.00004, 0.1, 0.00005])["total"] == [0.1, 0.0001]


# --- nine significant digits


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (0.0, 0.0),
        (-0.0, 0.0),
        (1.0, 1.0),
        (1000.0, 1000.0),
        (123456789.4, 123456789.0),
        (-123456789.6, -123456790.0),
        (999999999.6, 1e9),
        (1e15 + 1, 1e15),
        (2e22 / 3, 6.66666667e21),
        (0.0001, 0.0001),
        (None, None),
    ],
)
def test_a_mean_has_nine_significant_digits(value: float | None, rounded: float | None, tmp_path: Path) -> None:
    found = of_pairs(tmp_path, [1], pa.array([value], pa.float64()))
    assert found["mean"] == [rounded]


@pytest.mark.parametrize(
    ("part", "whole", "rounded"),
    [(2.0, 3.0, 0.666666667), (-2.0, 3.0, -0.666666667), (1e-5, 3.0, 3.33333333e-06), (0.0, 3.0, 0.0), (1e9, 3.0, 333333333.0)],
)
def test_a_mean_of_ratios_has_them_too(part: float, whole: float, rounded: float, tmp_path: Path) -> None:
    assert of_pairs(tmp_path, [1], [part], [whole])["mean_ratio"] == [rounded]


def test_a_ratio_beyond_measure_is_left_out(tmp_path: Path) -> None:
    found = of_pairs(tmp_path, [1, 1, 2], [1.0, 1.0, 5.0], [1e-300, 2.0, 5e-324])
    assert found["mean_ratio"] == [0.5, None]


# --- what is not known


def test_what_is_not_known_is_left_out_and_nothing_known_is_unknown(tmp_path: Path) -> None:
    """Client 1 has rows of which a part is known, client 2 none of which anything is, client 3 none where the whole counts."""
    clients = [1, 1, 1, 2, 2, 3]
    part = [4.0, None, -2.0, None, None, 7.0]
    whole = [8.0, 2.0, None, None, None, 0.0]
    assert of_pairs(tmp_path, clients, part, whole) == {
        ID: [1, 2, 3],
        "count": [1, 0, 1],
        "distinct": [1, 0, 0],
        "total": [2, None, 7],
        "total_where": [4, 0, 0],  # nothing is added of clients 2 and 3, rather than something unknown
        "mean": [1, None, 7],
        "mean_where": [4, None, None],
        "mean_ratio": [0.5, None, None],
        "share": [0.5, None, 1],
        "share_of_totals": [0.5, None, None],  # 4 / 8; 7 / 0
    }
