"""Numbers, durations, dates and labels as the readers of each language write them."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.explaining.kinds import kind_of
from scoring.explaining.language import CODES, Language, apart, read_languages
from scoring.fields import FIELDS, ID, MAX_ID, Field

LANGUAGES = read_languages()
FRENCH, ENGLISH = (LANGUAGES[code] for code in ("fr", "en"))

WRITTEN = [
    ("AMT_CREDIT", 12345.0, "12\u202f345\u00a0€", "€12,345"),
    ("AMT_CREDIT", 1234567.4, "1\u202f234\u202f567\u00a0€", "€1,234,567"),
    ("BUREAU_DEBT_TOTAL", -2000.0, "−2\u202f000\u00a0€", "−€2,000"),
    ("AMT_CREDIT", 0.0, "0\u00a0€", "€0"),
    ("BUREAU_DEBT_SHARE", 0.34, "34\u00a0%", "34%"),
    ("BUREAU_DEBT_SHARE", -0.001, "0\u00a0%", "0%"),
    ("PREVIOUS_REPAID_SHARE_MEAN", 1.35, "135\u00a0%", "135%"),
    ("EXT_SOURCE_1", 0.5, "0,50", "0.50"),
    ("REGION_POPULATION_RELATIVE", 0.0191, "0,019", "0.019"),
    ("CREDIT_TO_INCOME", 2.96, "3 fois", "3×"),
    ("CREDIT_TO_ANNUITY", 1.0, "1 mensualité", "1 monthly repayment"),
    ("CREDIT_TO_ANNUITY", 20.44, "20,4 mensualités", "20.4 monthly repayments"),
    ("CNT_FAM_MEMBERS", 3.0, "3", "3"),
    ("DAYS_EMPLOYED", -2.5 * 365.25, "2,5 ans", "2.5 years"),
    ("DAYS_EMPLOYED", -2 * 365.25, "2 ans", "2 years"),
    ("DAYS_EMPLOYED", -730.0, "24 mois", "24 months"),
    ("DAYS_EMPLOYED", -0.0, "0 jour", "0 days"),
    ("DAYS_EMPLOYED", -1.0, "1 jour", "1 day"),
    ("DAYS_EMPLOYED", -60.0, "60 jours", "60 days"),
    ("DAYS_EMPLOYED", -61.0, "2 mois", "2 months"),
    ("BUREAU_DELAY_DAYS_MEAN", -5.0, "5 jours d'avance", "5 days early"),
    ("BUREAU_DELAY_DAYS_MEAN", 1.0, "1 jour de retard", "1 day late"),
    ("OWN_CAR_AGE", 1.0, "1 an", "1 year"),
    ("OWN_CAR_AGE", 9.0, "9 ans", "9 years"),
    ("PREVIOUS_TERM_MEAN", 12.0, "12 mois", "12 months"),
    ("POS_MONTHS_MIN", -24.0, "24 mois", "24 months"),
    ("PREVIOUS_LAST_DUE_MAX", -3 * 365.25, "il y a 3 ans", "3 years ago"),
    ("PREVIOUS_LAST_DUE_MAX", -1.0, "il y a 1 jour", "1 day ago"),
    ("PREVIOUS_LAST_DUE_MAX", -0.2, "aujourd'hui", "today"),
    ("BUREAU_ACTIVE_DAYS_ENDDATE_MAX", 31200.0, "sans date de fin", "no end date"),
    ("PREVIOUS_LAST_DUE_MAX", 10.0, "dans 10 jours", "in 10 days"),
    ("HOUR_APPR_PROCESS_START", 9.0, "9\u00a0h", "9:00"),
    ("DAYS_EMPLOYED_NONE", 1.0, "oui", "yes"),
    ("REG_CITY_NOT_LIVE_CITY", 0.0, "non", "no"),
    ("NAME_INCOME_TYPE", "Working", "salaire", "work"),
    ("SK_ID_CURR", 1234567, "1234567", "1234567"),
    ("SK_ID_CURR", 1234567.0, "1234567", "1234567"),
    ("CODE_GENDER", "F", "femme", "female"),
    ("CODE_GENDER", "XNA", "non précisé", "not stated"),
    ("NAME_FAMILY_STATUS", "Widow", "veuf ou veuve", "widowed"),
    ("FLAG_EMAIL", 0.0, "non", "no"),
    ("FLAG_DOCUMENT_3", 1, "oui", "yes"),
    ("LIVINGAREA_AVG", 0.0247, "0,025", "0.025"),
    ("FLOORSMAX_MEDI", 0.1667, "0,167", "0.167"),
    ("ENTRANCES_MODE", 0.0, "0", "0"),
    ("TOTALAREA_MODE", 1.0, "1", "1"),
    ("EMERGENCYSTATE_MODE", "Yes", "oui", "yes"),
    ("WALLSMATERIAL_MODE", "Stone, brick", "pierre ou brique", "stone or brick"),
    ("DAYS_LAST_PHONE_CHANGE", -3.5 * 365.25, "3,5 ans", "3.5 years"),
    ("DAYS_LAST_PHONE_CHANGE", -0.0, "0 jour", "0 days"),
    ("BUREAU_MONTHS_COUNT", 1234.0, "1\u202f234", "1,234"),
    ("BUREAU_MONTHS_LATE_2Y", 3.0, "3", "3"),
    ("BUREAU_MONTHS_LATE_SHARE", 0.13, "13\u00a0%", "13%"),
    ("BUREAU_MONTHS_WORST", 5.0, "5", "5"),
    ("INSTALMENTS_LATE_SHARE", 0.25, "25\u00a0%", "25%"),
    ("INSTALMENTS_PAID_SHARE", 1.02, "102\u00a0%", "102%"),
    ("INSTALMENTS_PAID_TOTAL", 12345.6, "12\u202f346\u00a0€", "€12,346"),
    ("INSTALMENTS_DELAY_DAYS_MEAN", -4.6, "5 jours d'avance", "5 days early"),
    ("INSTALMENTS_DELAY_DAYS_MAX", 91.0, "3 mois de retard", "3 months late"),
    ("INSTALMENTS_SHORT_COUNT", 2.0, "2", "2"),
]


@pytest.mark.parametrize(("column", "value", "french", "english"), WRITTEN)
def test_a_value_is_written_with_its_unit(column: str, value: float | str, french: str, english: str) -> None:
    assert (FRENCH.written(column, value), ENGLISH.written(column, value)) == (french, english)


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=CODES)
@given(number=st.integers(0, MAX_ID), more=st.integers(0, 2))
def test_a_clients_number_is_written_digit_by_digit(language: Language, number: int, more: int) -> None:
    assert language.written(ID, number, more) == language.written(ID, float(number), more) == str(number)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_a_fields_kind_is_one_that_its_range_allows(field: Field) -> None:
    kind = kind_of(field.name)
    assert (kind in ("label", "flag", "id")) == (field.type != "number")
    if field.type == "number" and field.range == (0, 1):
        assert kind in ("share", "score", "index")
    if field.range == (None, 0):
        assert kind in ("days_ago", "months_ago")
    if kind == "count":
        assert field.range == (0, None)


def test_one_and_a_half_is_singular_in_french_alone() -> None:
    assert (FRENCH.written("OWN_CAR_AGE", 1.5, 1), ENGLISH.written("OWN_CAR_AGE", 1.5, 1)) == ("1,5 an", "1.5 years")


def test_a_share_of_clients_is_in_whole_percents_and_a_probability_has_a_digit_more() -> None:
    assert (FRENCH.share(0.345), ENGLISH.share(0.345)) == ("34\u00a0%", "34%")
    assert (FRENCH.probability(0.0909), ENGLISH.probability(0.0909)) == ("9,1\u00a0%", "9.1%")
    assert FRENCH.probability(0.09) == "9,0\u00a0%"


def test_two_values_are_told_apart_with_as_many_digits_as_it_takes() -> None:
    score, share = partial(FRENCH.written, "EXT_SOURCE_1"), partial(ENGLISH.written, "BUREAU_DEBT_SHARE")
    assert apart(score, 0.5, 0.7) == ["0,50", "0,70"]
    assert apart(score, 0.501, 0.502) == ["0,501", "0,502"]
    assert len(set(apart(score, 0.500001, 0.500002))) == 1
    assert apart(share, 0.341, 0.344) == ["34.1%", "34.4%"]
    assert apart(share, 0.34, 0.5, 0.341) == ["34%", "50%", "34.1%"]


def test_a_probability_below_the_threshold_isnt_written_like_it() -> None:
    assert apart(FRENCH.probability, 1 / 11, 0.302, 0.0904) == ["9,1\u00a0%", "30,2\u00a0%", "9,0\u00a0%"]
    assert apart(FRENCH.probability, 1 / 11, 0.302, 0.0906) == ["9,09\u00a0%", "30,20\u00a0%", "9,06\u00a0%"]
    assert apart(ENGLISH.probability, 0.1, 0.1) == ["10.000%", "10.000%"]


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=CODES)
@pytest.mark.parametrize("column", ["PREVIOUS_HOUR_MEAN", "AMT_CREDIT"])
def test_neither_an_hour_nor_an_amount_is_ever_written_in_tenths(language: Language, column: str) -> None:
    assert len(set(apart(partial(language.written, column), 12.1, 12.3))) == 1
    assert language.written("PREVIOUS_HOUR_MEAN", 12.7) == language.written("PREVIOUS_HOUR_MEAN", 13.0)


def read_back(language: Language, written: str) -> float:
    numbers = language.numbers
    return float(written.replace(numbers.thousands, "").replace(numbers.decimal, ".").replace(numbers.minus, "-"))


NUMBERS = st.floats(-1e9, 1e9)
COLUMNS = st.sampled_from(["AMT_CREDIT", "EXT_SOURCE_1", "DAYS_EMPLOYED", "OWN_CAR_AGE", "PREVIOUS_LAST_DUE_MAX", "CNT_CHILDREN"])


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=CODES)
@given(value=NUMBERS, digits=st.integers(0, 5), fixed=st.booleans())
def test_no_number_loses_more_than_half_a_unit_of_its_last_digit(
    language: Language, value: float, digits: int, fixed: bool
) -> None:
    written = language.number(value, digits, fixed)
    assert abs(read_back(language, written) - value) <= 0.5 * 10**-digits + 1e-6
    assert not written.endswith(language.numbers.decimal)
    assert written != language.numbers.minus + language.number(0.0, digits, fixed)
    assert not fixed or len(written.partition(language.numbers.decimal)[2]) == digits


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=CODES)
@given(column=COLUMNS, value=NUMBERS, other=NUMBERS)
def test_what_is_told_apart_differs_and_a_value_is_itself(language: Language, column: str, value: float, other: float) -> None:
    write = partial(language.written, column)
    first, second = apart(write, value, other)
    assert first != second or write(value, 2) == write(other, 2)
    assert apart(write, value, value) == [write(value, 2)] * 2
