"""The picture of who is ahead: ours' lead over each peer, in cost and in AUC."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from scoring.comparison.comparison import Lead
from scoring.comparison.style import titled
from scoring.plotting import BLUE, GREY, ORANGE, frame, new_figure

FAR = 3  # times the median: a lead that is told in words


def plot_leads(leads: Mapping[str, Mapping[str, Sequence[Lead]]], path: Path) -> str:
    """By how much ours is ahead of each peer: figure -> the peer's title -> a lead in each sample; a PNG."""
    figure = new_figure(height=2.0 + 0.42 * len(leads["cost_per_client"]))
    panels = figure.subplots(1, 2, sharey=True)
    words = {"cost_per_client": "ours costs less per client by\n(1 = one good client refused)", "auc": "ours has more AUC by"}
    for axes, (name, of_peers) in zip(panels, leads.items(), strict=True):
        farthest = FAR * float(np.median([lead.interval.high for both in of_peers.values() for lead in both]))
        for place, marker in enumerate("os"):
            _points(axes, [both[place] for both in of_peers.values()], 0.13 - 0.26 * place, marker, max(farthest, 0.01))
        axes.axvline(0, color=GREY, linewidth=1)
        axes.set_yticks(range(len(of_peers)), list(of_peers))
        axes.set_xlabel(words[name], fontsize=9)
        axes.tick_params(axis="x", labelsize=8.5)
        axes.margins(y=0.06)
        frame(axes)
    panels[0].invert_yaxis()
    figure.legend(*_legend_of_leads(), frameon=False, fontsize=8.5, loc="outside lower center", ncols=5)
    return titled(figure, _who_costs_less([both[0] for both in leads["cost_per_client"].values()]), path)


def _who_costs_less(leads: Sequence[Lead]) -> str:
    ahead, behind = (sum(getattr(lead, side) for lead in leads) for side in ("ahead", "behind"))
    level = len(leads) - ahead - behind
    said = [f"Out of fold ours costs less than {ahead} of {len(leads)} peers"]
    said += [f"more than {behind}"] * bool(behind) + [f"{level} can't be told apart from it"] * bool(level)
    return "; ".join(said)


def _points(axes: Axes, leads: Sequence[Lead], above: float, marker: str, farthest: float) -> None:
    """A point with its interval each: blue where ours is ahead, orange where behind, hollow and grey where chance may be all.

    One beyond `farthest` is a number at the edge, so that it doesn't press the others together.
    """
    for row, lead in enumerate(leads):
        colour = BLUE if lead.ahead else ORANGE if lead.behind else GREY
        if lead.interval.high > farthest:
            words = f"{lead.by:.3f} \N{RIGHTWARDS ARROW}"
            axes.annotate(
                words, (1, row - above), xycoords=("axes fraction", "data"), color=colour, fontsize=8, ha="right", va="center"
            )
            continue
        axes.plot([lead.interval.low, lead.interval.high], [row - above] * 2, color=colour, linewidth=1.2)
        filled = colour if colour != GREY else "white"
        axes.plot(lead.by, row - above, marker, color=colour, markerfacecolor=filled, markersize=5)


def _legend_of_leads() -> tuple[list[Any], list[str]]:
    def mark(marker: str, colour: str, filled: str) -> Any:
        return Line2D([], [], marker=marker, color=colour, markerfacecolor=filled, linestyle="", markersize=5)

    marks = [
        mark("o", GREY, GREY),
        mark("s", GREY, GREY),
        mark("o", BLUE, BLUE),
        mark("o", GREY, "white"),
        mark("o", ORANGE, ORANGE),
    ]
    return marks, ["out of fold", "report split", "ours ahead", "can't be told apart", "ours behind"]
