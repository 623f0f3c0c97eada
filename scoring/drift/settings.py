"""Which fields are compared, by which test, and from where on that is drift: what drift.toml, or a file like it, says."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from scoring.errors import SettingError
from scoring.fields import BY_NAME

DEFAULT = Path(__file__).with_name("drift.toml")

Share = Annotated[float, Meta(gt=0, lt=1)]
Limit = Annotated[float, Meta(gt=0)]
Positive = Annotated[int, Meta(ge=1)]
Test = Literal["distance", "psi"]


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By which test a field is compared, and from which value on it drifts."""

    test: Test
    limit: Limit


class Alarm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What raises the alarm: the share of the model's importance that drifts, and the PSI of the PD."""

    importance: Share
    score_psi: Limit


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """drift.toml, checked; `fields` holds what differs from `rule`."""

    sample: Positive
    seed: Annotated[int, Meta(ge=0)]
    least_clients: Positive
    drawn: Positive
    chance: Share
    rule: Rule
    alarm: Alarm
    fields: dict[str, Rule] = {}
    left_out: dict[str, str] = {}

    def rule_of(self, field: str) -> Rule:
        """What holds for a field."""
        return self.fields.get(field, self.rule)


def read_settings(path: Path | None = None) -> Settings:
    """The settings of a file over the defaults; raises SettingError, naming file and entry, for what means nothing."""
    given = _read(DEFAULT)
    if path:
        given = _over(given, _read(path))
    rule = given.get("rule")
    fields = given.get("fields")
    if isinstance(rule, Mapping) and isinstance(fields, Mapping):
        given["fields"] = {name: {**rule, **own} if isinstance(own, Mapping) else own for name, own in fields.items()}
    try:
        settings = msgspec.convert(given, type=Settings)
    except msgspec.ValidationError as error:
        raise SettingError(f"{path or DEFAULT}: {_in_words(error)}") from None
    if unknown := sorted({*settings.fields, *settings.left_out} - BY_NAME.keys()):
        raise SettingError(f"{path or DEFAULT} names {unknown[0]!r}, which is no field: GET /features lists them")
    return settings


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingError(f"{path} can't be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(f"{path} is not TOML: {error}") from None


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    both = {name for name in above if isinstance(above[name], Mapping) and isinstance(below.get(name), Mapping)}
    return {**below, **above, **{name: _over(below[name], above[name]) for name in both}}


def _in_words(error: msgspec.ValidationError) -> str:
    """`Expected ... - at `$.alarm.importance`` without the sign for the document."""
    return str(error).replace("`$.", "`").replace(" - at `$`", "")
