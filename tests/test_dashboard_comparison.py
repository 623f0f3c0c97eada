"""One field of a client's file beside the clients of the training: shares and sentences that can be counted by hand."""

from typing import Any

import pytest

from dashboard.comparison import answers, number_of, sentences, share_below
from dashboard.words import words
from scoring.explaining.kinds import kind_of
from scoring.explaining.language import CODES
from scoring.explaining.profile import GRANTED, REFUSED, read_profile
from scoring.fields import NOT_EMPLOYED
from tests.conftest import LATEST, demo_clients
from tests.explained import profile

FRENCH, ENGLISH = (words(code) for code in ("fr", "en"))
YEARS = 365.25

# Five levels, so each quantile is a fifth of its group.
CLIENTS = profile(
    {
        "AMT_CREDIT": {"granted": [100, 200, 200, 300, 400], "refused": [200, 300, 300, 300, 500]},
        "DAYS_BIRTH": {
            "granted": [-60 * YEARS, -50 * YEARS, -40 * YEARS, -40 * YEARS, -30 * YEARS],
            "refused": [-50 * YEARS, -30 * YEARS, -30 * YEARS, -25 * YEARS, -20 * YEARS],
        },
        "DAYS_LAST_PHONE_CHANGE": [-2000.0, -1000.0, -500.0, 0.0, 0.0],
        "DAYS_EMPLOYED": [-4000.0, -3000.0, -2000.0, -1000.0, -100.0],
        "POS_MONTHS_MIN": [-50.0, -40.0, -30.0, -20.0, -10.0],
        "FLAG_EMAIL": {"granted": [0, 0, 0, 0, 1], "refused": [0, 0, 1, 1, 1]},
        "FLAG_OWN_CAR": {"granted": {"N": 0.25, "Y": 0.75}, "refused": {"N": 0.7, "Y": 0.3}},
        "NAME_HOUSING_TYPE": {
            "granted": {"With parents": 0.004, "House / apartment": 0.9, "Co-op apartment": 0.004},
            "refused": {"With parents": 0.6, "House / apartment": 0.4, "Co-op apartment": 0.0},
        },
        "EXT_SOURCE_1": [],
    },
    missing={"AMT_CREDIT": 0.004, "DAYS_BIRTH": 0.25, "EXT_SOURCE_1": 1.0},
)


# Of a training that refused too few to sum them up.
FEW_REFUSED = profile(
    {
        "AMT_CREDIT": {"granted": [1, 2, 3, 4, 5]},
        "FLAG_EMAIL": {"granted": [0, 0, 0, 0, 1]},
        "FLAG_OWN_CAR": {"granted": {"N": 0.25, "Y": 0.75}},
    },
    missing={"AMT_CREDIT": 0.5},
)


# --- who has less


@pytest.mark.parametrize(
    ("field", "value", "granted", "refused"),
    [
        ("AMT_CREDIT", 250, 3 / 5, 1 / 5),
        ("AMT_CREDIT", 300, 3 / 5, 1 / 5),  # three of the refused have as much, not less
        ("AMT_CREDIT", 50, 0, 0),
        ("AMT_CREDIT", 900, 1, 1),
        ("DAYS_BIRTH", -35 * YEARS, 1 / 5, 4 / 5),  # less of an age: who is younger
        ("DAYS_BIRTH", -40 * YEARS, 1 / 5, 4 / 5),
        ("DAYS_BIRTH", -30 * YEARS, 0, 2 / 5),
        ("DAYS_LAST_PHONE_CHANGE", -0.0, 0, 0),  # today: nobody did it less long ago
        ("DAYS_LAST_PHONE_CHANGE", -500, 2 / 5, 2 / 5),
        ("POS_MONTHS_MIN", -25, 2 / 5, 2 / 5),
    ],
)
def test_who_has_less_has_less_of_what_is_told(field: str, value: float, granted: float, refused: float) -> None:
    shares = [share_below(CLIENTS, field, value, group) for group in (GRANTED, REFUSED)]
    assert shares == pytest.approx([granted, refused])


# --- sentences


def test_a_number_is_told_with_medians_who_has_less_and_of_how_many_it_isnt_known() -> None:
    assert sentences(ENGLISH, CLIENTS, "DAYS_BIRTH", -35 * YEARS) == [
        "This client: 35 years.",
        "Median of the clients granted credit: 40 years; of those refused: 30 years.",
        "Of those of whom it is known, 20% of the clients granted credit and 80% of the refused have less than this client.",
        "Not known of 25% of the clients granted credit and 25% of those refused.",
    ]


def test_a_number_close_to_a_median_is_told_apart_from_it() -> None:
    assert sentences(FRENCH, CLIENTS, "DAYS_BIRTH", -40.04 * YEARS)[:2] == [
        "Ce client\u00a0: 40,04 ans.",
        "Valeur médiane des clients acceptés\u00a0: 40 ans\u00a0; des clients refusés\u00a0: 30 ans.",
    ]


def test_hardly_anybody_of_whom_it_isnt_known_isnt_worth_a_sentence() -> None:
    assert len(sentences(ENGLISH, CLIENTS, "AMT_CREDIT", 250)) == 3


def test_of_what_isnt_known_of_the_client_the_medians_are_told() -> None:
    assert sentences(ENGLISH, CLIENTS, "AMT_CREDIT", None) == [
        "This client: not known.",
        "Median of the clients granted credit: €200; of those refused: €300.",
    ]


@pytest.mark.parametrize(
    ("field", "value", "own"),
    [
        ("DAYS_EMPLOYED", NOT_EMPLOYED, "This client: without employment, or retired."),
        ("AMT_CREDIT", "much", "This client: much."),
    ],
)
def test_what_is_no_number_to_compare_is_told_as_it_is(field: str, value: Any, own: str) -> None:
    assert number_of(field, value) is None
    said = sentences(ENGLISH, CLIENTS, field, value)
    assert said[0] == own
    assert not any("less than" in sentence for sentence in said)


def test_a_number_to_compare_is_the_files() -> None:
    assert [number_of("AMT_CREDIT", value) for value in (0, 2.5, None)] == [0.0, 2.5, None]


def test_of_what_is_known_of_nobody_only_the_client_is_told() -> None:
    everybody = "Not known of 100% of the clients granted credit and 100% of those refused."
    assert sentences(ENGLISH, CLIENTS, "EXT_SOURCE_1", 0.5) == ["This client: 0.50.", everybody]
    assert sentences(ENGLISH, CLIENTS, "EXT_SOURCE_1", None) == ["This client: not known.", everybody]


def test_of_a_group_too_small_to_be_summed_up_nothing_is_told() -> None:
    assert sentences(ENGLISH, FEW_REFUSED, "AMT_CREDIT", 2.0) == ["This client: €2."]
    (yes, no), labels = (
        answers(ENGLISH, FEW_REFUSED, field, value) for field, value in [("FLAG_EMAIL", 0), ("FLAG_OWN_CAR", "Y")]
    )
    assert [(one.text, one.written) for one in (yes, no, *labels)] == [
        ("no", ["80%", "–"]),
        ("yes", ["20%", "–"]),
        ("yes", ["75%", "–"]),
        ("no", ["25%", "–"]),
    ]


# --- labels and flags


def told(field: str, value: Any) -> list[tuple[str, bool, list[str]]]:
    return [(one.text, one.own, list(one.written)) for one in answers(ENGLISH, CLIENTS, field, value)]


@pytest.mark.parametrize(("value", "own"), [(1, "yes"), (1.0, "yes"), (0, "no"), (None, None)])
def test_a_flag_has_a_row_for_yes_and_one_for_no_whoever_has_it(value: Any, own: str | None) -> None:
    assert told("FLAG_EMAIL", value) == [("no", own == "no", ["80%", "40%"]), ("yes", own == "yes", ["20%", "60%"])]


@pytest.mark.parametrize(("value", "own"), [("Y", "yes"), (1, "yes"), ("N", "no"), (0.0, "no")])
def test_the_clients_answer_is_marked_also_where_the_file_has_a_number_for_it(value: Any, own: str) -> None:
    assert told("FLAG_OWN_CAR", value) == [("yes", own == "yes", ["75%", "30%"]), ("no", own == "no", ["25%", "70%"])]


def test_an_answer_that_hardly_anybody_gave_has_a_row_if_it_is_the_clients() -> None:
    house, parents, cooperative = (
        ENGLISH.language.labels["NAME_HOUSING_TYPE"][label] for label in ("House / apartment", "With parents", "Co-op apartment")
    )
    usual = [(house, False, ["90%", "40%"]), (parents, False, ["0%", "60%"])]
    assert told("NAME_HOUSING_TYPE", None) == usual
    assert told("NAME_HOUSING_TYPE", "Co-op apartment") == [*usual, (cooperative, True, ["0%", "0%"])]


@pytest.mark.parametrize("value", ["Houseboat", 3])
def test_an_answer_that_the_training_never_saw_has_a_row_of_nobody(value: Any) -> None:
    assert told("NAME_HOUSING_TYPE", value)[-1] == (str(value), True, ["0%", "0%"])


# --- the release


@pytest.mark.parametrize("code", CODES)
def test_every_client_that_ships_can_be_compared_in_all_that_the_release_knows(code: str) -> None:
    release = read_profile((LATEST / "reference.json").read_bytes())
    for client in demo_clients()[:20]:
        for field in set(client) & set(release.columns):
            if kind_of(field) in ("label", "flag"):
                rows = answers(words(code), release, field, client[field])
                assert sum(row.own for row in rows) == (client[field] is not None)
            else:
                assert all(sentences(words(code), release, field, client[field]))
