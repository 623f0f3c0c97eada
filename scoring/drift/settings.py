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
Limit = Annotated[float, Meta(gt=0, le=10)]  # no PSI is larger where the comparison means anything
Positive = Annotated[int, Meta(ge=1)]
Test = Literal["distance", "psi"]


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """By which test a field is compared, and from which value on it drifts."""

    test: Test
    limit: Limit

    def __post_init__(self) -> None:
        if self.test == "distance" and self.limit >= 1:
            raise ValueError(f"the limit of a distance, a share of clients, is below 1 and not {self.limit:g}")


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

    def __post_init__(self) -> None:
        if self.sample < self.least_clients:
            raise ValueError(f"`sample` {self.sample} is below `least_clients` {self.least_clients}")

    def rule_of(self, field: str) -> Rule:
        """What holds for a field."""
        return self.fields.get(field, self.rule)


def read_settings(path: Path | None = None) -> Settings:
    """The settings of a file over the defaults; raises SettingError, naming file and entry, for what means nothing."""
    file = path or DEFAULT
    given = _read(DEFAULT)
    if path:
        given = _over(given, _read(path))
    rule, fields = given["rule"], given["fields"]
    _converted(rule, Rule, "rule", file)
    if isinstance(fields, Mapping):
        _check_limits(fields, rule["test"], file)
        given["fields"] = {name: {**rule, **own} if isinstance(own, Mapping) else own for name, own in fields.items()}
    for entry, kind in (("fields", Rule), ("left_out", str)):
        _check_each(given[entry], kind, entry, file)
    settings: Settings = _converted(given, Settings, "", file)
    return settings


def _check_limits(by_field: Mapping[str, Any], test: str, file: Path) -> None:
    """A limit goes with its test: 5% of the clients is no PSI."""
    for name, own in by_field.items():
        if isinstance(own, Mapping) and own.get("test", test) != test and "limit" not in own:
            raise SettingError(f"{file}: another test needs a limit of its own - at `fields.{name}.limit`")


def _check_each(by_field: Any, kind: Any, entry: str, file: Path) -> None:
    """Of a mapping, msgspec doesn't tell under which name a mistake stands."""
    for name, value in by_field.items() if isinstance(by_field, Mapping) else ():
        if name not in BY_NAME:
            raise SettingError(f"{file}: {name} is no field (GET /features lists them) - at `{entry}.{name}`")
        _converted(value, kind, f"{entry}.{name}", file)


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


def _converted(given: Any, kind: Any, entry: str, file: Path) -> Any:
    try:
        return msgspec.convert(given, type=kind)
    except msgspec.ValidationError as error:
        what, _, below = str(error).partition(" - at `$")
        place = f"{entry}{below.rstrip('`')}".removeprefix(".")
        raise SettingError(f"{file}: {what}" + (f" - at `{place}`" if place else "")) from None
