"""What the pages say, in the language of who reads them; how values of a client's file are written is the library's."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from scoring.explaining.language import CODES, Language, read_languages

CHOICES: Mapping[str, str] = {"fr": "Français", "en": "English"}
"""Language code -> its own name."""
TEXTS = Path(__file__).with_name("texts")


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of one language: call it with a text's key, "section.name", and what stands in its blanks."""

    code: str
    language: Language
    texts: Mapping[str, Mapping[str, str]]

    def __call__(self, key: str, **blanks: Any) -> str:
        section, _, name = key.partition(".")
        text = self.texts[section][name]
        return text.format(**blanks) if blanks else text

    def count(self, number: int) -> str:
        """A whole number, as this language groups its digits."""
        return self.language.number(number, 0)


@cache
def words(code: str) -> Words:
    """Those of a language code, one of CODES."""
    return Words(code, read_languages()[code], tomllib.loads((TEXTS / f"{code}.toml").read_text("utf-8")))


def all_words() -> list[Words]:
    """Every language's."""
    return [words(code) for code in CODES]
