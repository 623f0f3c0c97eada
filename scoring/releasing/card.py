"""The model card (Mitchell et al., 2019): what a release is, is for and is worth, in words, from its model.json alone."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from scoring.fairness.four_fifths import CHECKED, LEAST_CLIENTS, rounded_down, unchecked
from scoring.releasing.registry import REGISTERED_MODEL

FIGURES = (
    ("AUC", "auc", 3),
    ("Gini", "gini", 3),
    ("KS", "ks", 3),
    ("Brier score", "brier", 4),
    ("log loss", "log_loss", 4),
    ("calibration error over ten quantile bins (of a perfect model, by chance)", "calibration_error", 4),
    ("share granted", "approval_rate", 3),
)
THRESHOLDS = {
    "chosen": "the threshold used",
    "theory": "c_fp / (c_fp + c_fn)",
    "optimum": "the cheapest out of fold",
    "half": "a half",
}
MOST_IMPORTANT = 10
ATTRIBUTES = {"sex": "sex", "family_status": "family status", "age_band": "age"}
UNKNOWN = "–"


def card(description: Mapping[str, Any], importance: Mapping[str, Any], model_bytes: int) -> str:
    """The card as Markdown. description: model.json's entries; importance: importance.json's; model_bytes: the pickle's size."""
    environment = Environment(  # noqa: S701  # Markdown of our own figures, no page for a browser
        loader=PackageLoader("scoring.releasing", "."), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["percent"] = _percent
    environment.filters["plain"] = _plain
    environment.filters["number"] = _number
    return environment.get_template("MODEL_CARD.md.jinja").render(
        **{"repriced": None, **description},
        name=REGISTERED_MODEL,
        megabytes=model_bytes / 1e6,
        figures=list(_figures(description)),
        priced=list(_priced(description["threshold_choice"])),
        groups=list(_groups(description["fairness"])),
        unchecked=[ATTRIBUTES[attribute] for attribute in unchecked(description["fairness"])],
        least_clients=LEAST_CLIENTS,
        nearest=list(_nearest(description["fairness"])),
        important=[one["field"] for one in importance["fields"][:MOST_IMPORTANT]],
    )


def _figures(description: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for title, name, digits in FIGURES:
        values = [description["metrics"][f"{sample}_{name}"] for sample in ("oof", "report")]
        ends = [description["intervals"][sample][name] for sample in ("oof", "report")]
        first, second = (_within(value, *end, digits=digits) for value, end in zip(values, ends, strict=True))
        yield title, first, second


def _priced(choice: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    thresholds = choice["thresholds"]
    for name, title in THRESHOLDS.items():
        if name != "chosen" and thresholds[name] == thresholds["chosen"]:
            continue
        priced = [choice[sample][name] for sample in ("out_of_fold", "report")]
        first, second = (_within(one["cost_per_client"], *one["interval"].values(), digits=3) for one in priced)
        yield f"{title}, {_percent(thresholds[name], 2)}", first, second


def _groups(fairness: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """A line a group: its clients, share granted, ratio to the best-treated group, errors of both kinds, and mean PD beside
    default rate.
    """
    for attribute, title in ATTRIBUTES.items():
        for group in fairness["attributes"][attribute]:
            rates = [_percent(_value(group, name)) for name in ("approval_rate", "true_positive_rate", "false_positive_rate")]
            granted, caught, lost = rates
            ratio = _value(group, "approval_ratio")
            both = " / ".join(_percent(_value(group, name)) for name in ("mean_probability", "default_rate"))
            shown = UNKNOWN if ratio is None else rounded_down(ratio, 2)
            yield f"{title}: {group['group']}", f"{group['clients']:,}", granted, shown, caught, lost, both


def _nearest(fairness: Mapping[str, Any]) -> Iterator[str]:
    """Of each attribute that is checked, the group nearest to the line, or furthest below it, with its interval."""
    for attribute in CHECKED:
        compared = [one for one in fairness["attributes"][attribute] if one["clients"] >= LEAST_CLIENTS]
        known = [one for one in compared if one["approval_ratio"]["value"] is not None]
        if known:
            lowest = min(known, key=lambda one: one["approval_ratio"]["value"])
            ratio = {end: rounded_down(value, 3) for end, value in lowest["approval_ratio"].items() if value is not None}
            within = f" ({ratio['low']} to {ratio['high']})" if len(ratio) == 3 else ""
            yield f"of {ATTRIBUTES[attribute]} {lowest['group']!r}, {ratio['value']}{within}"


def _value(group: Mapping[str, Any], figure: str) -> float | None:
    measured = group.get(figure)
    value: float | None = measured and measured["value"]
    return value


def _within(value: float, low: float, high: float, *, digits: int) -> str:
    return f"{value:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


def _percent(share: float | None, digits: int = 1) -> str:
    return UNKNOWN if share is None else f"{share:.{digits}%}"


def _number(value: float | None, digits: int) -> str:
    return UNKNOWN if value is None else f"{value:.{digits}f}"


def _plain(words: str) -> str:
    """What somebody said, as Markdown that shows it as it was said."""
    return re.sub(r"([\\`*_{}\[\]<>|#!&])", r"\\\1", words)
