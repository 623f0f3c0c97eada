"""The field table's words: each meaning is read alone, in GET /features, in the importance plot and in a decision's reasons."""

from collections import Counter

import pytest

from scoring.fields import FIELDS, Field

LEANING = ("of these", "the same", "the largest", "the highest", "the longest", "such", "when they")
"""How a text begins that can't be understood without the one above it."""


def in_short(field: Field) -> str:
    """The meaning without its brackets and remarks, as the importance plot shows it."""
    return field.meaning.partition(";")[0].partition(" (")[0]


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_a_meaning_leans_on_no_other(field: Field) -> None:
    assert in_short(field).strip()
    assert not field.meaning.startswith(LEANING)
    words = in_short(field).split()
    assert not {"ones", "those", "these"} & set(words), field.meaning


def test_no_two_meanings_are_alike_even_in_short() -> None:
    assert [text for text, times in Counter(in_short(field) for field in FIELDS).items() if times > 1] == []


@pytest.mark.parametrize(
    ("prefixes", "whose"),
    [(("BUREAU_",), "other lender"), (("PREVIOUS_", "POS_", "CARD_", "INSTALMENTS_"), "here")],
)
def test_a_meaning_of_a_history_says_whose_it_is(prefixes: tuple[str, ...], whose: str) -> None:
    told = {field.name: in_short(field).replace("another", "other") for field in FIELDS if field.name.startswith(prefixes)}
    assert len(told) > 40
    assert [name for name, text in told.items() if whose not in text] == []
