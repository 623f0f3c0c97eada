"""A client's file by sections: every field in one of them, and what isn't known told apart from what is 0."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from dashboard.client_file import SECTIONS, Section, section_of, sections
from dashboard.words import words
from scoring.explaining.language import CODES
from scoring.fields import BY_NAME, FIELDS
from tests.conftest import demo_clients

NAMES = [field.name for field in FIELDS]
ENGLISH = words("en")

RECORD = {"AMT_CREDIT": 500_000, "AMT_ANNUITY": 0, "AMT_GOODS_PRICE": None, "FLAG_EMAIL": 0.0, "DAYS_EMPLOYED": 365243, "NEW": 1}


def section(name: str, record: Mapping[str, Any], fields: Sequence[str] = NAMES) -> Section:
    return list(sections(record, fields, ENGLISH))[SECTIONS.index(name)]


@pytest.mark.parametrize("code", CODES)
def test_every_field_stands_in_exactly_one_section_known_or_not(code: str) -> None:
    for client in ({}, demo_clients()[0], {field.name: 0 for field in FIELDS}):
        parts = list(sections(client, NAMES, words(code)))
        told = Counter(name for part in parts for name in (*(known for known, _ in part.known), *part.unknown))
        assert told == Counter(words(code).language.fields[name] for name in NAMES)
        assert sum(len(part.known) for part in parts) == sum(client.get(name) is not None for name in NAMES)


def test_the_sections_are_in_their_order_none_is_empty_and_the_first_are_open() -> None:
    parts = list(sections({}, NAMES, ENGLISH))
    assert [part.title for part in parts] == [ENGLISH(f"section.{name}") for name in SECTIONS]
    assert all(part.unknown for part in parts)
    assert [part.open for part in parts] == [True] * 5 + [False] * 6


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("AMT_CREDIT", "loan"),
        ("SK_ID_CURR", "person"),
        ("FLAG_EMAIL", "person"),
        ("DAYS_EMPLOYED", "work"),
        ("OWN_CAR_AGE", "home"),
        ("EXT_SOURCE_1", "scores"),
        ("AMT_REQ_CREDIT_BUREAU_YEAR", "scores"),
        ("BUREAU_DEBT_TOTAL", "elsewhere"),
        ("PREVIOUS_REFUSED_SHARE", "requests"),
        ("POS_LATE_SHARE", "loans"),
        ("INSTALMENTS_LATE_SHARE", "loans"),
        ("CARD_USE_MEAN", "cards"),
        ("FLAG_DOCUMENT_3", "documents"),
        ("LIVINGAREA_AVG", "building"),
        ("WALLSMATERIAL_MODE", "building"),
        ("NEW", None),
    ],
)
def test_a_field_stands_where_a_reader_looks_for_it(field: str, name: str | None) -> None:
    assert section_of(field) == name


def test_the_fields_of_a_history_stand_in_its_section_alone() -> None:
    beginnings = {"elsewhere": "BUREAU_", "requests": "PREVIOUS_", "cards": "CARD_", "documents": "FLAG_DOCUMENT_"}
    for name, beginning in beginnings.items():
        assert {field for field in BY_NAME if section_of(field) == name} == {
            field for field in BY_NAME if field.startswith(beginning)
        }


def test_what_isnt_known_is_told_apart_from_what_is_0() -> None:
    loan, person, work = (section(name, RECORD) for name in ("loan", "person", "work"))
    named = ENGLISH.language.fields
    assert list(loan.known) == [(named["AMT_CREDIT"], "€500,000"), (named["AMT_ANNUITY"], "€0")]
    assert named["AMT_GOODS_PRICE"] in loan.unknown
    assert list(person.known) == [(named["FLAG_EMAIL"], "no")]
    assert list(work.known) == [(named["DAYS_EMPLOYED"], "without employment, or retired")]


def test_what_belongs_together_stands_together_whatever_the_order_of_the_fields() -> None:
    assert section("loan", {}).unknown == section("loan", {}, NAMES[::-1]).unknown
    assert section("loan", {}).unknown[:3] == [
        ENGLISH.language.fields[name] for name in ("NAME_CONTRACT_TYPE", "AMT_CREDIT", "AMT_ANNUITY")
    ]


def test_a_file_that_the_service_would_refuse_can_be_read_still() -> None:
    assert (ENGLISH.language.fields["AMT_CREDIT"], "much") in section("loan", {"AMT_CREDIT": "much"}).known
