"""What somebody says of a release, to be kept: one line of plain text, or an error that names the option."""

import pytest

from scoring.errors import SettingError
from scoring.releasing.acceptance import Acceptance, checked_acceptance
from scoring.releasing.wording import LONGEST, one_line

NO_LINES = [
    "",
    "  ",
    "two\nlines",
    "two\u2028lines",
    "a\x1b[31m",
    "\udcff",
    "\u200b",
    "\u3164",
    "...",
    "Ada\u202e",
    "x" * (LONGEST + 1),
]


@pytest.mark.parametrize("reason", NO_LINES)
def test_a_reason_is_one_line_of_text(reason: str) -> None:
    with pytest.raises(SettingError, match=f"--force .*: give the reason, one line of 1 to {LONGEST} characters"):
        one_line("--force", reason, "give the reason")


def test_a_reason_of_the_full_length_and_one_in_french_are_fine() -> None:
    assert one_line("--force", "x" * LONGEST, "") == "x" * LONGEST
    assert one_line("--force", " espaces\u00a0fines\u202f: admises ", "") == "espaces\u00a0fines\u202f: admises"


def test_who_accepts_says_why_and_who_says_why_has_a_name() -> None:
    assert checked_acceptance(" it is known ", "Ada L.") == Acceptance("it is known", "Ada L.")
    assert checked_acceptance(None, None) is None
    for reason, by in (("it is known", None), (None, "Ada L.")):
        with pytest.raises(SettingError, match="go together"):
            checked_acceptance(reason, by)


@pytest.mark.parametrize("words", NO_LINES)
def test_neither_an_acceptance_nor_a_name_is_more_than_a_line(words: str) -> None:
    with pytest.raises(SettingError, match=r"--accept .*: give the reason"):
        checked_acceptance(words, "Ada L.")
    with pytest.raises(SettingError, match=r"--by .*: give the name"):
        checked_acceptance("it is known", words)
