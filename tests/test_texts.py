"""The texts of each language: complete, the same in all, and free of the program's own names."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from scoring.explaining.language import CODES, TEXTS, Language, read_languages
from scoring.explaining.topics import TOPICS
from scoring.fields import BY_NAME, FIELDS
from scoring.inputs import LOCAL_MEANS, RATIOS
from tests.conftest import ROOT
from tests.typography import WITHOUT_ITS_SPACE

LANGUAGES = read_languages()

SAME_IN_BOTH = {"agriculture", "construction", "services", "culture", "police"}
"""Words that are French and English."""


def texts(code: str) -> dict[tuple[str, ...], str]:
    """Every text of a language's file by its path in it."""
    return dict(_leaves(tomllib.loads((TEXTS / f"{code}.toml").read_text("utf-8")), ()))


def _leaves(node: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    for key, below in node.items() if isinstance(node, dict) else enumerate(node):
        if isinstance(below, dict | list):
            yield from _leaves(below, (*path, str(key)))
        else:
            yield (*path, str(key)), str(below)


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=CODES)
def test_there_are_words_for_all_that_a_client_can_be_told(language: Language) -> None:
    derived = {name for topic in TOPICS for name in topic.derived}
    assert derived - set(language.fields) == set()
    assert {topic.code for topic in TOPICS} == set(language.topics)


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=CODES)
def test_every_field_of_a_clients_file_has_words_in_the_order_of_the_field_table(language: Language) -> None:
    assert list(language.fields)[: len(FIELDS)] == [field.name for field in FIELDS]
    assert all(words.strip() == words != "" for words in language.fields.values())


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=CODES)
def test_every_label_that_a_field_may_have_has_words_and_no_other_label_has(language: Language) -> None:
    allowed = {field.name: field.allowed for field in FIELDS if field.type == "label"}
    assert list(language.labels) == list(allowed)
    assert {field: set(labels) for field, labels in language.labels.items()} == {
        field: set(labels) for field, labels in allowed.items()
    }
    assert all(words.strip() == words != "" for labels in language.labels.values() for words in labels.values())


def test_french_has_a_no_break_space_before_double_punctuation_and_inside_quotation_marks() -> None:
    assert {path: text for path, text in texts("fr").items() if WITHOUT_ITS_SPACE.search(text)} == {}


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=CODES)
def test_no_two_fields_go_by_the_same_words(language: Language) -> None:
    assert len(set(language.fields.values())) == len(language.fields)
    assert all(len(set(labels.values())) == len(labels) for labels in language.labels.values())


def test_the_languages_say_the_same_things_with_the_same_blanks() -> None:
    one, other = (texts(code) for code in CODES)
    assert one.keys() == other.keys()
    blanks = {path: [sorted(re.findall(r"{\w*}", text)) for text in (one[path], other[path])] for path in one}
    assert not [path for path, (mine, theirs) in blanks.items() if mine != theirs]
    assert blanks["recourse", "effect"][0] == ["{after}", "{before}", "{threshold}"]


@pytest.mark.parametrize("code", CODES)
def test_no_text_holds_a_name_of_the_program(code: str) -> None:
    columns = {*BY_NAME, *(ratio[0] for ratio in RATIOS), *(mean[0] for mean in LOCAL_MEANS)}
    said = [re.sub(r"{\w*}", "", text) for text in texts(code).values()]
    assert not [text for text in said if "_" in text or columns & set(re.findall(r"\w+", text))]


def test_nothing_english_is_left_in_the_french_texts() -> None:
    french, english = (texts(code) for code in ("fr", "en"))
    words = {path for path in french if path[0] in ("fields", "labels", "topics", "reason", "recourse", "gap", "picture")}
    assert {french[path] for path in words if french[path] == english[path]} == SAME_IN_BOTH
    assert {french[path] for path in words if path[-1].lower() == french[path]} <= SAME_IN_BOTH
    left = re.compile(r"\b(the|of|with|and|loans?|clients? who|other)\b")
    assert not [french[path] for path in words if left.search(french[path].lower())]


def test_the_docs_list_every_code_with_its_words_in_both_languages() -> None:
    english, french = (read_languages()[code].topics for code in ("en", "fr"))
    rows = [f"| `{topic.code}` | {english[topic.code]} | {french[topic.code]} |" for topic in TOPICS]
    assert "\n".join(rows) in (ROOT / "docs" / "explanations.md").read_text(encoding="utf-8")
