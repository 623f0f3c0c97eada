"""What an explanation of one decision holds."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from scoring.explaining.sentences import Said


class Contribution(NamedTuple):
    """What a field of the record added to the log-odds of the PD."""

    field: str
    value: Any
    contribution: float


class SaidReason(NamedTuple):
    """A reason's stable code, the fields it is about, and its sentences."""

    code: str
    fields: tuple[str, ...]
    said: Said


class SaidRecourse(NamedTuple):
    """(field, from, to) of each change, empty where nothing suffices; the PD that they give; the sentences."""

    changes: tuple[tuple[str, float, float], ...]
    probability: float | None
    said: Said


class SaidGap(NamedTuple):
    """A field that isn't known, the PDs between which its plausible values lead, and the sentences."""

    field: str
    probability: tuple[float, float]
    said: Said


class Outside(NamedTuple):
    """A field whose value lies outside what training saw, and the sentences."""

    field: str
    value: float
    range: tuple[float, float]
    said: Said


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one client's PD is what it is: base_value and the contributions add up to its log-odds."""

    base_value: float
    contributions: tuple[Contribution, ...]
    against: tuple[SaidReason, ...]
    in_favour: tuple[SaidReason, ...]
    recourse: SaidRecourse | None
    unknown: tuple[SaidGap, ...]
    outside: tuple[Outside, ...]
