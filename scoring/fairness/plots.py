"""The picture of whom the model grants credit how often."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import fill
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from scoring.fairness.four_fifths import CHECKED, LEAST_CLIENTS, LEAST_RATIO, rounded_down
from scoring.fairness.text import verdict
from scoring.plotting import BLUE, GREY, ORANGE, frame, new_figure

Groups = Sequence[Mapping[str, Any]]


def plot_fairness(measured: Mapping[str, Any], path: Path) -> None:
    """The share granted of every group of every attribute, with its interval and the line of four fifths; a PNG.

    `measured`: what scoring.fairness.measures.measure found. A group whose share isn't told isn't drawn.
    """
    shown = {
        attribute: [one for one in groups if one["approval_rate"]["value"] is not None]
        for attribute, groups in measured["attributes"].items()
    }
    sizes = [len(groups) + 1.0 for groups in shown.values()]
    figure = new_figure(height=1.6 + 0.36 * sum(sizes))
    panels = figure.subplots(len(shown), 1, sharex=True, squeeze=False, height_ratios=sizes)[:, 0]
    for axes, (attribute, groups) in zip(panels, shown.items(), strict=True):
        _panel(axes, attribute, groups)
    panels[-1].set_xlim(0, 1)
    panels[-1].xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    panels[-1].set_xlabel(
        f"share granted credit, refused from a PD of {measured['threshold']:.2%}, {measured['level']:.0%} intervals"
    )
    figure.suptitle(fill(verdict(measured), 92), x=0.01, ha="left", fontsize=11)
    figure.savefig(path)


def _panel(axes: Axes, attribute: str, groups: Groups) -> None:
    compared = [one["approval_rate"]["value"] for one in groups if one["clients"] >= LEAST_CLIENTS]
    for place, one in enumerate(groups):
        _group(axes, place, one)
    if compared:
        line = LEAST_RATIO * max(compared)
        axes.axvline(line, color=GREY, linestyle="--", linewidth=1)
        axes.annotate(
            "four fifths of the best", (line, -0.85), (-4, 0), textcoords="offset points", ha="right", va="center", fontsize=8
        )
    axes.set_yticks(range(len(groups)), [f"{one['group']}, {one['clients']:,} clients" for one in groups], fontsize=9)
    axes.set_ylim(len(groups) - 0.4, -1.2)  # the first on top
    checked = "" if attribute in CHECKED else ": reported, not checked"
    axes.set_title(f"{attribute.replace('_', ' ').capitalize()}{checked}", loc="left", fontsize=10)
    frame(axes, "x")


def _group(axes: Axes, place: int, one: Mapping[str, Any]) -> None:
    rate, ratio, large = one["approval_rate"], one["approval_ratio"]["value"], one["clients"] >= LEAST_CLIENTS
    colour = GREY if ratio is None or not large else ORANGE if ratio < LEAST_RATIO else BLUE
    axes.hlines(place, rate["low"], rate["high"], color=colour, linewidth=2)
    axes.plot(rate["value"], place, "o", color=colour, markersize=6, markerfacecolor=colour if large else "white")
    words = f"{rate['value']:.1%}"
    if not large:
        words += ", too few to compare"
    elif ratio is not None:
        words += f", ratio {rounded_down(ratio, 3)}"
    beside: Any = ("axes fraction", "data")
    axes.annotate(words, (1, place), (6, 0), xycoords=beside, textcoords="offset points", va="center", fontsize=8.5)
