"""What was measured, as Markdown."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from scoring.cost import COSTS
from scoring.fairness.four_fifths import CHECKED, LEAST_CLIENTS, breaches, in_words, lowest_ratios, rounded_down, unchecked
from scoring.fairness.groups import FEWEST
from scoring.markdown import table

if TYPE_CHECKING:
    from scoring.fairness.without import Removal

NOTHING = "–"
# Of each column its title, the figure, what it is multiplied by and how it is written.
COLUMNS: tuple[tuple[str, str, float, Callable[[float], str]], ...] = (
    ("granted, %", "approval_rate", 100, "{:.1f}".format),
    ("ratio to the best", "approval_ratio", 1, partial(rounded_down, digits=3)),
    ("defaulters refused, %", "true_positive_rate", 100, "{:.1f}".format),
    ("good clients refused, %", "false_positive_rate", 100, "{:.1f}".format),
    ("mean PD, %", "mean_probability", 100, "{:.1f}".format),
    ("default rate, %", "default_rate", 100, "{:.1f}".format),
    ("mean PD less default rate, points", "calibration_gap", 100, "{:+.1f}".format),
    ("cost per client", "cost_per_client", 1, "{:.2f}".format),
)


def tables(measured: Mapping[str, Any]) -> str:
    """A table an attribute of what `scoring.fairness.measures.measure` found, after what it says of the four-fifths rule."""
    lines = [
        f"{measured['clients']:,} clients, refused from a PD of {measured['threshold']:.2%}; in brackets, "
        f"{measured['level']:.0%} intervals. {verdict(measured)}"
    ]
    titles = ["group", "clients", *(title for title, *_ in COLUMNS)]
    for attribute, groups in measured["attributes"].items():
        rows = [[*_who(one["group"], one["clients"]), *_cells(one)] for one in groups]
        lines += ["", f"### {attribute.replace('_', ' ').capitalize()}", "", *table(titles, rows)]
        lines += _note(one["clients"] for one in groups)
    return "\n".join(lines) + "\n"


def verdict(measured: Mapping[str, Any]) -> str:
    """Whether the four-fifths rule is kept, broken or could not be checked, and the lowest ratio of each attribute compared."""
    found, without = "; ".join(in_words(breach) for breach in breaches(measured)), unchecked(measured)
    said = [f"The four-fifths rule is broken: {found}."] if found else []
    if without:
        names = " and ".join(attribute.replace("_", " ") for attribute in without)
        reason = f"by {names}, fewer than two groups of at least {LEAST_CLIENTS} clients, or nobody granted credit."
        said.append(f"{'It' if found else 'The four-fifths rule'} could not be checked: {reason}")
    lowest = [
        f"{rounded_down(ratio, 2)} by {attribute.replace('_', ' ')}" + ("" if attribute in CHECKED else " (not checked)")
        for attribute, ratio in lowest_ratios(measured).items()
        if attribute not in without
    ]
    said = said or ["The four-fifths rule is kept."]
    return " ".join([*said, f"Lowest ratios: {', '.join(lowest)}."] if lowest else said)


def removal_table(removal: "Removal") -> str:
    """What taking a field out did: to the model's figures, and to how often each group is granted credit."""
    whole, other, interval = removal.whole, removal.other, removal.interval
    before, after = whole.costs.mean(), other.costs.mean()
    change = f"{after - before:+.4f} ({interval.low:+.4f} to {interval.high:+.4f})"
    first = [
        ["AUC", *(_over_seeds(one.auc, "{:.4f}") for one in (whole, other)), f"{(other.auc - whole.auc).mean():+.4f}"],
        ["cost per client", f"{before:.4f}", f"{after:.4f}", change],
    ]
    compared = (removal.clients >= LEAST_CLIENTS).to_numpy()
    columns = [(one.granted.to_numpy() * 100, "{:.1f}") for one in (whole, other)]
    columns += [(one.ratios(compared).to_numpy(), "{:.3f}") for one in (whole, other)]
    rows = []
    for place, (group, clients) in enumerate(removal.clients.items()):
        cells = [_over_seeds(values[place], written) if clients >= FEWEST else NOTHING for values, written in columns]
        rows.append([*_who(group, clients), *cells])
    lines = [
        f"{removal.clients.sum():,} clients out of fold, outside the report split, refused from a PD of {COSTS.threshold:.2%}. "
        f"Of {len(whole.auc)} seeds the mean, in brackets the lowest and the highest.",
        "",
        *table(["", "as it is", f"without {removal.field}", "change (95% interval)"], first),
        "",
        *table(["group", "clients", "granted as it is, %", "without, %", "ratio to the best as it is", "without"], rows),
    ]
    return "\n".join([*lines, *_note(removal.clients)]) + "\n"


def _who(group: object, clients: int) -> tuple[str, str]:
    return (f"{group}\\*" if clients < LEAST_CLIENTS else str(group)), f"{clients:,}"


def _note(clients: Iterable[int]) -> list[str]:
    """What the asterisk means, where a group has one."""
    if all(number >= LEAST_CLIENTS for number in clients):
        return []
    return ["", f"\\* Fewer than {LEAST_CLIENTS} clients: nobody is compared with them, nor are they held to the rule."]


def _cells(one: Mapping[str, Any]) -> list[str]:
    return [_figure(one[name], times, written) for _, name, times, written in COLUMNS]


def _figure(figure: Mapping[str, float | None], times: float, written: Callable[[float], str]) -> str:
    said = [written(end * times) for end in (figure["value"], figure["low"], figure["high"]) if end is not None]
    if not said:
        return NOTHING
    return said[0] if len(set(said)) == 1 else f"{said[0]} ({said[1]} to {said[2]})"


def _over_seeds(values: Any, written: str) -> str:
    if not np.isfinite(values).all():  # a ratio where no group is large enough
        return NOTHING
    mean, low, high = (written.format(of(values)) for of in (np.mean, np.min, np.max))
    return f"{mean} ({low} to {high})"
