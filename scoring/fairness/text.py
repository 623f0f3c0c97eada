"""What was measured, as Markdown."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from scoring.cost import COSTS
from scoring.fairness.four_fifths import CHECKED, LEAST_CLIENTS, breaches, in_words, lowest_ratios, rounded_down

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
        lines += ["", f"### {attribute.replace('_', ' ').capitalize()}", "", *_head(titles)]
        lines += [_row([_name(one), f"{one['clients']:,}", *_cells(one)]) for one in groups]
        if any(one["clients"] < LEAST_CLIENTS for one in groups):
            lines += ["", f"\\* Fewer than {LEAST_CLIENTS} clients: nobody is compared with them, nor are they held to the rule."]
    return "\n".join(lines) + "\n"


def verdict(measured: Mapping[str, Any]) -> str:
    """Whether the four-fifths rule is kept, and the lowest ratio of each attribute."""
    found = "; ".join(in_words(breach) for breach in breaches(measured))
    lowest = [
        f"{rounded_down(ratio, 2)} by {attribute.replace('_', ' ')}" + ("" if attribute in CHECKED else " (not checked)")
        for attribute, ratio in lowest_ratios(measured).items()
    ]
    kept = f"The four-fifths rule is broken: {found}." if found else "The four-fifths rule is kept."
    return f"{kept} Lowest ratios: {', '.join(lowest)}." if lowest else kept


def removal_table(removal: "Removal") -> str:
    """What taking a field out did: to the model's figures, and to how often each group is granted credit."""
    whole, other, interval = removal.whole, removal.other, removal.interval
    threshold = COSTS.false_positive / (COSTS.false_positive + COSTS.false_negative)
    before, after = whole.costs.mean(), other.costs.mean()
    change = f"{after - before:+.4f} ({interval.low:+.4f} to {interval.high:+.4f})"
    lines = [
        f"{removal.clients.sum():,} clients out of fold, outside the report split, refused from a PD of {threshold:.2%}. Of "
        f"{len(whole.auc)} seeds the mean, in brackets the lowest and the highest.",
        "",
        *_head(["", "as it is", f"without {removal.field}", "change (95% interval)"]),
        _row(["AUC", *(_over_seeds(one.auc, "{:.4f}") for one in (whole, other)), f"{(other.auc - whole.auc).mean():+.4f}"]),
        _row(["cost per client", f"{before:.4f}", f"{after:.4f}", change]),
        "",
        *_head(["group", "clients", "granted as it is, %", "without, %", "ratio to the best as it is", "without"]),
    ]
    compared = (removal.clients >= LEAST_CLIENTS).to_numpy()
    columns = [(one.granted.to_numpy() * 100, "{:.1f}") for one in (whole, other)]
    columns += [(one.ratios(compared).to_numpy(), "{:.3f}") for one in (whole, other)]
    for place, (group, clients) in enumerate(removal.clients.items()):
        lines.append(_row([str(group), f"{clients:,}", *(_over_seeds(values[place], written) for values, written in columns)]))
    return "\n".join(lines) + "\n"


def _name(one: Mapping[str, Any]) -> str:
    return f"{one['group']}\\*" if one["clients"] < LEAST_CLIENTS else str(one["group"])


def _cells(one: Mapping[str, Any]) -> list[str]:
    return [_figure(one[name], times, written) for _, name, times, written in COLUMNS]


def _figure(figure: Mapping[str, float | None], times: float, written: Callable[[float], str]) -> str:
    said = [written(end * times) for end in (figure["value"], figure["low"], figure["high"]) if end is not None]
    if not said:
        return NOTHING
    return said[0] if len(set(said)) == 1 else f"{said[0]} ({said[1]} to {said[2]})"


def _over_seeds(values: Any, written: str) -> str:
    mean, low, high = (written.format(of(values)) for of in (np.mean, np.min, np.max))
    return f"{mean} ({low} to {high})"


def _head(titles: Sequence[str]) -> list[str]:
    return [_row(titles), f"|{'---|' * len(titles)}"]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
