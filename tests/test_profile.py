"""The reference profile: what is usual, asked of quantiles and shares that can be counted by hand."""

import pytest

from scoring.explaining.profile import ALL, GRANTED, REFUSED
from tests.explained import profile

# Levels 0.1, 0.3, 0.5, 0.7 and 0.9.
SIX = profile(
    {
        "AMT_CREDIT": {"all": [10, 20, 30, 40, 50], "granted": [20, 20, 35, 40, 60], "refused": [5, 6, 7, 8, 9]},
        "NAME_HOUSING_TYPE": {
            "all": {"With parents": 0.02, "House / apartment": 0.90, "Rented apartment": 0.08},
            "granted": {"With parents": 0.25, "House / apartment": 0.75},
            "refused": {"With parents": 0.6, "House / apartment": 0.4},
        },
        "FLAG": [0, 0, 0, 1, 1],
        "NEVER_KNOWN": [],
        "FEW_REFUSED": {"all": [1, 2, 3, 4, 5], "granted": [1, 2, 3, 4, 5]},
    },
    missing={"AMT_CREDIT": 0.25, "NEVER_KNOWN": 1.0},
)


def test_typical_is_the_median_of_a_number_and_the_most_frequent_label() -> None:
    assert (SIX.typical("AMT_CREDIT"), SIX.typical("AMT_CREDIT", ALL), SIX.typical("AMT_CREDIT", REFUSED)) == (35.0, 30.0, 7.0)
    assert (SIX.typical("NAME_HOUSING_TYPE"), SIX.typical("NAME_HOUSING_TYPE", REFUSED)) == ("House / apartment", "With parents")


def test_a_share_is_of_those_who_have_the_value() -> None:
    assert SIX.share("NAME_HOUSING_TYPE", "With parents") == 0.25
    assert SIX.share("NAME_HOUSING_TYPE", "With parents", REFUSED) == 0.6
    assert SIX.share("NAME_HOUSING_TYPE", "Office apartment") == 0
    assert (SIX.share("FLAG", 0.0), SIX.share("FLAG", 1.0)) == (3 / 5, 2 / 5)
    assert SIX.share("AMT_CREDIT", 20.0) == 2 / 5


def test_a_share_between_counts_both_bounds() -> None:
    assert SIX.share_between("AMT_CREDIT", 20, 40) == 3 / 5
    assert SIX.share_between("AMT_CREDIT", 20.1, 39.9) == 1 / 5
    assert SIX.share_between("AMT_CREDIT", 20, 40, GRANTED) == 4 / 5
    assert SIX.share_between("AMT_CREDIT", 51, 99) == 0


def test_known_is_what_isnt_missing() -> None:
    assert (SIX.known("AMT_CREDIT"), SIX.known("FLAG"), SIX.known("NEVER_KNOWN")) == (0.75, 1.0, 0.0)


def test_plausible_values_lie_between_two_levels_and_plausible_labels_are_frequent_enough() -> None:
    assert SIX.plausible("AMT_CREDIT", 0.05, 0.95) == [10, 20, 30, 40, 50]
    assert SIX.plausible("AMT_CREDIT", 0.3, 0.7) == [20, 30, 40]
    assert SIX.plausible("AMT_CREDIT", 0.05, 0.95, GRANTED) == [20, 35, 40, 60]
    assert SIX.plausible("FLAG", 0.05, 0.95) == [0, 1]
    assert SIX.plausible("NAME_HOUSING_TYPE", 0.05, 0.95) == ["House / apartment", "Rented apartment"]


def test_the_ends_are_those_of_all_clients() -> None:
    assert SIX.ends("AMT_CREDIT") == (10, 50)
    assert SIX.ends("NAME_HOUSING_TYPE") is None


@pytest.mark.parametrize(("column", "group"), [("FEW_REFUSED", REFUSED), ("NEVER_KNOWN", GRANTED), ("NOT_THERE", GRANTED)])
def test_nothing_is_usual_where_nothing_is_told(column: str, group: str) -> None:
    assert SIX.typical(column, group) is None
    assert (SIX.share(column, 1.0, group), SIX.share(column, "With parents", group)) == (0, 0)
    assert (SIX.share_between(column, 0, 9, group), SIX.known(column, group)) == (0, 0)
    assert SIX.plausible(column, 0.05, 0.95, group) == []


def test_a_group_that_is_only_counted_has_its_count() -> None:
    assert SIX.clients[REFUSED] == 300
    assert SIX.ends("NEVER_KNOWN") is None
    assert SIX.ends("NOT_THERE") is None
