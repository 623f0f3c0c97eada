"""One field of the client record, and the ways to write one down."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["integer", "number", "flag", "label"]
Role = Literal["model", "audit"]
Range = tuple[float | None, float | None]

ID = "SK_ID_CURR"
TARGET = "TARGET"
MAX_ID = 2**53
NOT_EMPLOYED = 365243  # Kaggle's way to say "has no employer" in DAYS_EMPLOYED

ANY: Range = (None, None)
POSITIVE: Range = (0, None)
PAST: Range = (None, 0)
SHARE: Range = (0, 1)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the client record.

    `role` is "model" for what the model is given and "audit" for what is accepted and logged but never reaches it;
    `aliases` are the numbers that earlier clients send for a label.
    """

    name: str
    type: Kind
    meaning: str
    role: Role = "model"
    allowed: tuple[str, ...] = ()
    range: Range = ANY
    aliases: Mapping[int, str] = field(default_factory=dict)


def label(name: str, meaning: str, allowed: str, role: Role = "model", aliases: Mapping[int, str] | None = None) -> Field:
    return Field(name, "label", meaning, role, tuple(allowed.split("|")), aliases=aliases or {})


def number(name: str, meaning: str, range: Range = POSITIVE, role: Role = "model") -> Field:
    return Field(name, "number", meaning, role, range=range)


def flag(name: str, meaning: str, role: Role = "model") -> Field:
    return Field(name, "flag", f"{meaning} (1 = yes, 0 = no)", role, range=SHARE)
