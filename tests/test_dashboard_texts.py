"""The dashboard's own texts: the same in both languages, in their typography, and just those that the pages ask for."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest
from jinja2 import nodes

from dashboard import client_file, client_page, comparison, markup, review
from dashboard.reading import findings
from dashboard.trouble import Kind
from dashboard.words import CHOICES, all_words, words
from scoring.explaining.language import CODES
from scoring.fields import BY_NAME
from scoring.inputs import LOCAL_MEANS, RATIOS
from tests.conftest import ROOT
from tests.typography import WITHOUT_ITS_SPACE

STREAMLITS = "streamlit"
"""The section of what Streamlit writes of its own, each key a regular expression."""
SAME_IN_BOTH = {"", "€", "%", "Client", "{count} s", "{count} min"}
"""What is French and English."""
BLANK = ".+"
FORM = re.compile(r"\w+\.(\w|\(x\))+")

STANDING_IN: dict[str, list[str]] = {
    "batch.(x)": ["granted", "refused", "client", "probability", "threshold", "decision"],
    "batch.word_(x)": ["granted", "refused"],
    "client.(x)": list(client_page.TABS),
    "compare.(x)": list(comparison.GROUPS),
    "file.(x)": list(findings.Kind),
    "page.(x)": ["client", "model", "batch"],
    "review.(x)": list(review.DECISIONS),
    "review.(x)_missing": ["reviewer", "reason"],
    "review.was_(x)": list(review.DECISIONS),
    "scale.(x)": ["now", "before"],
    "section.(x)": list(client_file.SECTIONS),
    "trouble.(x)": list(Kind),
    "verdict.(x)": ["granted", "refused"],
    "verdict.(x)_because": ["granted", "refused"],
    "what_if.(x)_(x)": ["turned_granted", "turned_refused", "same_granted", "same_refused"],
}
"""What a key's open parts, each an (x), can be, where that is known: anything in a key that isn't here."""


def texts(code: str) -> dict[str, str]:
    """The texts of a language by their keys, without what Streamlit writes."""
    sections = words(code).texts.items()
    return {f"{section}.{name}": text for section, told in sections if section != STREAMLITS for name, text in told.items()}


def named_in_python() -> Iterator[str]:
    """Every string in the pages' code that may be a text's key, its open parts as (x): not the keys of widgets."""
    for _, tree in _sources():
        of_widgets = {word.value for word in ast.walk(tree) if isinstance(word, ast.keyword) and word.arg == "key"}
        yield from (_said(node) for node in ast.walk(tree) if isinstance(node, ast.expr) and node not in of_widgets)


def filled_in_python() -> Iterator[tuple[str, str, set[str] | None]]:
    """(where, key, blanks) of every call of Words in the pages' code; None where the blanks aren't told one by one."""
    for where, tree in _sources():
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and call.args and ast.unparse(call.func).rpartition(".")[2] in ("words", "_words"):
                given = [word.arg for word in call.keywords]
                blanks = None if None in given else {str(blank) for blank in given}
                key = call.args[0]
                for one in (key.body, key.orelse) if isinstance(key, ast.IfExp) else (key,):
                    yield where, _said(one), blanks


def filled_in_templates() -> Iterator[tuple[str, str, set[str] | None]]:
    """The same of the pages' templates."""
    for path in sorted(markup.TEMPLATES.glob("*.jinja")):
        for call in jinja2.Environment(autoescape=True).parse(path.read_text("utf-8")).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "words":
                yield path.name, _key(call.args[0]), {word.key for word in call.kwargs}


def _sources() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((ROOT / "dashboard").rglob("*.py")):
        yield path.name, ast.parse(path.read_text("utf-8"))


def _said(text: ast.expr) -> str:
    if isinstance(text, ast.JoinedStr):
        return "".join(map(_said, text.values))
    return str(text.value) if isinstance(text, ast.Constant) else "(x)"


def _key(argument: nodes.Expr) -> str:
    if isinstance(argument, nodes.Add | nodes.Concat):
        parts = [argument.left, argument.right] if isinstance(argument, nodes.Add) else argument.nodes
        return "".join(_key(part) for part in parts)
    return str(argument.value) if isinstance(argument, nodes.Const) else "(x)"


def asked() -> list[tuple[str, str, set[str] | None]]:
    """(where, key, blanks) of every call in code and templates whose key has the form of one: a section, a dot and a name."""
    return [one for one in (*filled_in_python(), *filled_in_templates()) if FORM.fullmatch(one[1])]


def meant(key: str) -> list[str]:
    """Regular expressions of the texts that a key with open parts stands for."""
    if key not in STANDING_IN:
        return [re.escape(key).replace(r"\(x\)", BLANK)]
    before, *_, after = key.split("(x)")
    return [re.escape(before + part + after) for part in STANDING_IN[key]]


def test_the_languages_say_the_same_things_with_the_same_blanks() -> None:
    one, other = (texts(code) for code in CODES)
    assert list(one) == list(other)
    assert list(words("fr").texts[STREAMLITS]) == list(words("en").texts[STREAMLITS])
    blanks = {key: [sorted(re.findall(r"{\w*}", text)) for text in (one[key], other[key])] for key in one}
    assert {key: both for key, both in blanks.items() if both[0] != both[1]} == {}
    assert blanks["what_if.effect"][0] == ["{after}", "{before}", "{threshold}"]


@pytest.mark.parametrize("code", CODES)
def test_no_text_is_empty_or_begins_or_ends_in_a_space(code: str) -> None:
    told = {key: text for key, text in texts(code).items() if key not in ("unit.none", "value.between")}
    assert {key: text for key, text in told.items() if text.strip() != text or not text} == {}


@pytest.mark.parametrize("code", CODES)
def test_no_text_holds_a_name_of_the_program(code: str) -> None:
    columns = {*BY_NAME, *(ratio[0] for ratio in RATIOS), *(mean[0] for mean in LOCAL_MEANS)}
    said = [re.sub(r"{\w*}", "", text) for text in texts(code).values()]
    assert not [text for text in said if "_" in text or columns & set(re.findall(r"\w+", text))]


def test_french_has_a_no_break_space_before_double_punctuation_and_inside_quotation_marks() -> None:
    assert {key: text for key, text in texts("fr").items() if WITHOUT_ITS_SPACE.search(text)} == {}


def test_english_has_no_space_before_punctuation() -> None:
    wrong = re.compile(r"\s[;:?!%]")
    assert {key: text for key, text in texts("en").items() if wrong.search(text)} == {}


def test_nothing_english_is_left_in_the_french_texts() -> None:
    french, english = (texts(code) for code in ("fr", "en"))
    assert {french[key] for key in french if french[key] == english[key]} <= SAME_IN_BOTH
    left = re.compile(r"\b(the|of|with|and|this|is|clients? who|other|file)\b")
    assert {key: text for key, text in french.items() if left.search(re.sub(r"{\w*}", "", text).lower())} == {}


@pytest.mark.parametrize("code", CODES)
def test_what_streamlit_writes_is_told_by_expressions_that_its_groups_suffice_for(code: str) -> None:
    for expression, said in words(code).texts[STREAMLITS].items():
        groups = re.compile(expression).groups
        assert all(int(number) <= groups for number in re.findall(r"\$(\d)", said)), expression


@pytest.mark.parametrize(("where", "key"), sorted({(where, key) for where, key, _ in asked()}))
def test_every_text_that_is_asked_for_is_there(where: str, key: str) -> None:
    there = texts("fr")
    assert all(any(re.fullmatch(one, text) for text in there) for one in meant(key))


def test_every_blank_of_a_text_is_filled_where_it_is_asked_for() -> None:
    told = texts("fr")
    open_blanks = [
        (where, text, blank)
        for where, key, filled in asked()
        if filled is not None and ("(x)" not in key or key in STANDING_IN)
        for text in told
        if any(re.fullmatch(one, text) for one in meant(key))
        for blank in re.findall(r"{(\w*)}", told[text])
        if blank not in filled
    ]
    assert open_blanks == []


def test_every_text_is_asked_for() -> None:
    keys = {key for _, key, _ in asked()} | {key for key in named_in_python() if FORM.fullmatch(key)}
    wanted = re.compile("|".join(one for key in keys for one in meant(key)))
    assert {key for key in texts("fr") if not wanted.fullmatch(key)} == set()


def test_there_is_a_choice_and_a_file_for_each_language() -> None:
    assert tuple(CHOICES) == CODES == tuple(one.code for one in all_words())
    assert {Path(path).stem for path in (ROOT / "dashboard" / "texts").glob("*.toml")} == set(CODES)


def test_a_text_is_said_with_what_stands_in_its_blanks_and_numbers_as_the_language_has_them() -> None:
    french, english = (words(code) for code in ("fr", "en"))
    assert english("verdict.because", probability="4.0%", threshold="9.1%") == (
        "The probability of non-repayment is 4.0%; we grant credit below 9.1%."
    )
    assert (french("verdict.granted"), english("unit.none")) == ("Crédit accordé", "")
    assert (french.count(12345), english.count(12345)) == ("12\u202f345", "12,345")
