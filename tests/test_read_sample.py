"""Clients drawn from a folder of tables: how many, which, of which table, and the same ones for the same seed."""

from pathlib import Path

import numpy as np
import pytest

from scoring.errors import TableError
from scoring.fields import APPLICATION, FIELDS, ID
from scoring.records import columns, read_records, read_sample
from scoring.synthetic import applications, write_sample
from scoring.tables import APPLICATION_TEST
from scoring.tables.reading import BATCH
from tests.application_tables import row, write_csv

CLIENTS = 300
FORM = [field.name for field in APPLICATION]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """240 clients in application_train, 60 in application_test, and their histories."""
    folder = tmp_path_factory.mktemp("generated")
    write_sample(folder, CLIENTS, seed=3, format="csv")
    return folder


def test_a_small_table_is_given_whole_and_the_one_that_is_preferred(folder: Path) -> None:
    for name, clients in (("application_train", 240), ("application_test", 60)):
        found, count, path = read_sample(folder, name, most=240, seed=0)
        assert (count, path) == (clients, folder / f"{name}.csv")
        assert list(found) == FORM
        assert {len(values) for values in found.values()} == {clients}
        assert len(set(found[ID].tolist())) == clients


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """More forms than are read at once."""
    folder = tmp_path_factory.mktemp("many")
    applications(BATCH + 2_000, seed=1).to_parquet(folder / "application_train.parquet")
    return folder


def test_a_draw_is_without_replacement_from_all_of_a_table_and_the_same_for_a_seed(many: Path) -> None:
    draws = [read_sample(many, "application_train", most=1_200, seed=seed) for seed in (0, 0, 1)]
    assert [count for _, count, _ in draws] == [BATCH + 2_000] * 3
    ids = [found[ID].tolist() for found, _, _ in draws]
    assert [len(set(drawn)) for drawn in ids] == [1_200] * 3
    assert ids[0] == ids[1] == sorted(ids[0])
    assert len(set(ids[0]) & set(ids[2])) < 300  # 120 expected
    assert [np.histogram(drawn, 6)[0].min() > 150 for drawn in ids] == [True] * 3  # 200 expected in each sixth of them


def test_a_drawn_clients_values_are_its_own_in_whatever_batch_they_came(many: Path) -> None:
    whole, drawn = (read_sample(many, "application_train", most, seed=2)[0] for most in (BATCH + 2_000, 500))
    at = np.searchsorted(whole[ID], drawn[ID])
    assert at.max() > BATCH
    for name in FORM:
        np.testing.assert_array_equal(whole[name][at], drawn[name])


def test_whole_records_come_with_their_histories(folder: Path) -> None:
    said: list[str] = []
    found, count, _ = read_sample(folder, "application_test", most=20, seed=5, histories=True, say=said.append)
    assert list(found) == [field.name for field in FIELDS]
    assert (count, len(found[ID])) == (60, 20)
    assert found[ID].tolist() == read_sample(folder, "application_test", most=20, seed=5)[0][ID].tolist()
    with read_records(folder, rows=60, applications=[APPLICATION_TEST]) as records:
        whole = columns(next(records.batches))
    at = np.searchsorted(whole[ID], found[ID])
    for name, values in found.items():
        np.testing.assert_array_equal(whole[name][at], values)
    assert not np.isnan(found["BUREAU_COUNT"]).all()
    assert said == []  # no history is missing, no row belongs to nobody


def test_the_other_table_serves_where_the_preferred_one_is_missing(tmp_path: Path) -> None:
    path = write_csv(tmp_path, "application_test", [row(100_001), row(100_002)])
    assert read_sample(tmp_path, "application_train", most=9, seed=0)[1:] == (2, path)


def test_a_folder_without_applications_is_told_the_preferred_file_first(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"doesn't hold table application_test or application_train: put there one of"):
        read_sample(tmp_path, "application_test", most=9, seed=0)
    with pytest.raises(TableError, match=r"none is missing: name the folder"):
        read_sample(tmp_path / "none", "application_test", most=9, seed=0)
