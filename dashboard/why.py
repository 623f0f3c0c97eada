"""Why a decision is what it is: reasons, what would change it, what wasn't known, and the contributions as bars."""

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import expit

from dashboard import markup
from dashboard.answers import Contribution, Explained, Said
from dashboard.values import name_of, written
from dashboard.words import Words

MOST_BARS = 10


@dataclass(frozen=True, slots=True)
class Bar:
    """A field's part in the PD: in words, with its value, and its length from the middle in percent of half the picture."""

    name: str
    value: str
    length: float
    against: bool
    weight: str


def show(words: Words, explained: Explained) -> None:
    """Put it on the page."""
    start = float(expit(explained.base_value))
    markup.show(
        "why",
        words,
        explained=explained,
        said=lambda said: said_in(words, said),
        bars=bars(words, explained.contributions),
        start=words.language.probability(start),
        end=words.language.probability(explained.probability),
    )


def said_in(words: Words, said: Said) -> str:
    """A sentence of the service in the page's language."""
    sentence: str = getattr(said, words.code)
    return sentence


def bars(words: Words, contributions: Sequence[Contribution]) -> list[Bar]:
    """The weightiest contributions, and all the others as one at the end."""
    sayable = [one for one in contributions if name_of(words, one.field)]
    shown = sorted(sayable, key=lambda one: -abs(one.contribution))[:MOST_BARS]
    rest = sum(one.contribution for one in contributions) - sum(one.contribution for one in shown)
    longest = max((abs(one.contribution) for one in shown), default=0.0)
    longest = max(longest, abs(rest)) or 1.0
    each = [(name_of(words, one.field) or "", written(words, one.field, one.value), one.contribution) for one in shown]
    others = len(contributions) - len(shown)
    if others:
        each.append((words("why.others", count=others), "", rest))
    return [
        Bar(name, value, round(100 * abs(weight) / longest, 1), weight > 0, _signed(words, weight))
        for name, value, weight in each
    ]


def _signed(words: Words, weight: float) -> str:
    number = words.language.number(weight, 2, fixed=True)
    return number if weight < 0 else f"+{number}"
