"""The values of a client's file as they are read and typed on a page."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.values import canonical, label_of, name_of, unit_of, written
from dashboard.words import Words, all_words, words
from scoring.explaining.kinds import kind_of
from scoring.explaining.language import CODES
from scoring.fields import FIELDS, NOT_EMPLOYED, Field
from tests.conftest import demo_clients

FRENCH, ENGLISH = (words(code) for code in ("fr", "en"))
NUMBERS = [field for field in FIELDS if field.type == "number"]

REALISTIC: dict[str, tuple[st.SearchStrategy[float], float]] = {
    "money": (st.floats(0, 1e8), 0.005),
    "share": (st.floats(-1, 20), 0.00005),
    "score": (st.floats(0, 1), 0.0),
    "days_ago": (st.integers(-30_000, 0), 2.4),  # a hundredth of a year, and whole days
    "months_ago": (st.integers(-200, 0), 0.0),
    "days": (st.integers(0, 10_000), 0.0),
    "delay": (st.integers(-3000, 3000), 0.0),
    "date": (st.integers(-30_000, 32_000), 0.0),
    "years": (st.integers(0, 100), 0.0),
    "months": (st.floats(0, 400), 0.005),
    "hour": (st.floats(0, 23), 0.0),
    "index": (st.floats(0, 5), 0.0),
    "count": (st.integers(0, 1000), 0.0),
}
"""Kind -> what is in real files, and by how much what comes back may differ."""


@pytest.mark.parametrize(
    ("field", "value", "french", "english"),
    [
        ("AMT_CREDIT", None, "non renseigné", "not known"),
        ("AMT_CREDIT", 0, "0\u00a0€", "€0"),
        ("AMT_CREDIT", 12345.0, "12\u202f345\u00a0€", "€12,345"),
        ("DAYS_EMPLOYED", NOT_EMPLOYED, "sans emploi, ou à la retraite", "without employment, or retired"),
        ("DAYS_EMPLOYED", float(NOT_EMPLOYED), "sans emploi, ou à la retraite", "without employment, or retired"),
        ("DAYS_EMPLOYED", -730.5, "2 ans", "2 years"),
        ("DAYS_BIRTH", -14610, "40 ans", "40 years"),
        ("FLAG_OWN_CAR", "Y", "oui", "yes"),
        ("FLAG_OWN_CAR", 1, "oui", "yes"),
        ("FLAG_OWN_CAR", 0.0, "non", "no"),
        ("CODE_GENDER", 0, "femme", "female"),
        ("CODE_GENDER", "M", "homme", "male"),
        ("FLAG_EMAIL", 0, "non", "no"),
        ("FLAG_EMAIL", 1.0, "oui", "yes"),
    ],
)
def test_a_value_is_written_in_the_words_of_who_reads_it(field: str, value: Any, french: str, english: str) -> None:
    assert (written(FRENCH, field, value), written(ENGLISH, field, value)) == (french, english)


@pytest.mark.parametrize("language", all_words(), ids=CODES)
@pytest.mark.parametrize(
    ("field", "value", "stands"),
    [
        ("AMT_CREDIT", "much", "much"),
        ("AMT_CREDIT", [1, 2], "[1, 2]"),
        ("NAME_INCOME_TYPE", "Astronaut", "Astronaut"),
        ("NAME_INCOME_TYPE", 3, "3"),
        ("FLAG_OWN_CAR", 0.5, "0.5"),
        ("CODE_GENDER", math.nan, "nan"),
        ("CODE_GENDER", math.inf, "inf"),
    ],
)
def test_a_value_that_the_field_cant_have_is_written_as_it_stands(language: Words, field: str, value: Any, stands: str) -> None:
    assert written(language, field, value) == stands


@pytest.mark.parametrize("language", all_words(), ids=CODES)
def test_every_value_of_the_clients_that_ship_can_be_written(language: Words) -> None:
    for client in demo_clients():
        for field, value in client.items():
            assert name_of(language, field)
            assert written(language, field, value).strip()


def test_the_number_that_earlier_clients_send_for_a_label_is_that_label() -> None:
    sent = [("FLAG_OWN_CAR", 0), ("FLAG_OWN_CAR", 1.0), ("CODE_GENDER", 0), ("CODE_GENDER", 1), ("FLAG_OWN_REALTY", 1)]
    assert [canonical(field, value) for field, value in sent] == ["N", "Y", "F", "M", "Y"]
    kept = [("CODE_GENDER", "XNA"), ("CODE_GENDER", 2), ("FLAG_OWN_CAR", 0.5), ("FLAG_EMAIL", 1), ("AMT_CREDIT", 1), ("NEW", 1)]
    assert [canonical(field, value) for field, value in kept] == [value for _, value in kept]
    assert canonical("FLAG_OWN_CAR", None) is None


def test_a_field_or_label_that_these_pages_have_no_words_for_is_nobodys_fault() -> None:
    assert name_of(FRENCH, "BUREAU_NEW_COUNT") is None
    assert name_of(FRENCH, "AMT_CREDIT") == FRENCH.language.fields["AMT_CREDIT"]
    assert (label_of(FRENCH, "CODE_GENDER", "F"), label_of(FRENCH, "CODE_GENDER", "Q"), label_of(FRENCH, "NEW", "a")) == (
        "femme",
        "Q",
        "a",
    )


# --- numbers as they are typed


def test_a_number_is_typed_in_units_of_people() -> None:
    typed = [
        ("AMT_CREDIT", 450_000.5, 450_000.5),
        ("BUREAU_DEBT_SHARE", 0.3456, 34.56),
        ("DAYS_BIRTH", -14610, 40.0),
        ("POS_MONTHS_MIN", -30, 2.5),
        ("OWN_CAR_AGE", 9, 9.0),
        ("EXT_SOURCE_1", 0.123456, 0.123456),
        ("CNT_CHILDREN", 2, 2.0),
    ]
    for field, number, shown in typed:
        assert unit_of(field).shown(number) == shown
        assert unit_of(field).meant(shown) == number


@pytest.mark.parametrize("field", NUMBERS, ids=lambda field: field.name)
@settings(max_examples=20)  # of each field
@given(data=st.data())
def test_what_is_shown_means_the_files_number(field: Field, data: st.DataObject) -> None:
    unit = unit_of(field.name)
    values, precision = REALISTIC[kind_of(field.name)]
    number = data.draw(values)
    shown = unit.shown(number)
    assert shown is not None
    assert abs(unit.meant(shown) - number) <= precision * (1 + 1e-6)


@pytest.mark.parametrize("field", NUMBERS, ids=lambda field: field.name)
@settings(max_examples=20)
@given(typed=st.integers(0, 60))
def test_what_is_typed_is_shown_again_and_is_never_minus_nothing(field: Field, typed: int) -> None:
    unit = unit_of(field.name)
    meant = unit.meant(float(typed))
    assert unit.shown(meant) == typed
    assert str(unit.shown(0.0)) == str(unit.meant(0.0)) == "0.0"


@pytest.mark.parametrize("field", NUMBERS, ids=lambda field: field.name)
def test_more_of_it_is_more_in_the_file_or_longer_ago(field: Field) -> None:
    unit = unit_of(field.name)
    rises = unit.meant(2.0) > unit.meant(1.0)
    assert rises == (kind_of(field.name) not in ("days_ago", "months_ago"))


@pytest.mark.parametrize("field", NUMBERS, ids=lambda field: field.name)
def test_a_step_is_small_in_a_fields_range_and_its_unit_has_a_text(field: Field) -> None:
    unit = unit_of(field.name)
    if field.range == (0, 1):
        assert 0 < unit.meant(unit.step) <= 0.05
    assert all(unit.text in {f"unit.{name}" for name in one.texts["unit"]} for one in all_words())


def test_a_client_who_isnt_employed_has_no_years_in_employment() -> None:
    assert unit_of("DAYS_EMPLOYED").shown(NOT_EMPLOYED) is None
    assert unit_of("DAYS_EMPLOYED").meant(2.0) == -730.0
