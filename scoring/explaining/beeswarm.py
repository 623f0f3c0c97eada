"""The picture of a portfolio: which fields moved the probabilities most, which way, and whether by high or by low values."""

from collections.abc import Sequence
from textwrap import fill
from typing import Any, BinaryIO

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from scoring.explaining.client import Floats
from scoring.explaining.language import Language
from scoring.explaining.sample import Moves, Sample
from scoring.plotting import GREY, frame, new_figure

FIELDS = 12
DOTS_PER_INCH = 160  # 1,280 wide
UNKNOWN = "#B8B8B8"
# Told apart with any colour vision, darker where low in grey, too, nowhere near the greys; its yellow end would fade on white.
LOW_TO_HIGH = LinearSegmentedColormap.from_list("low to high", colormaps["plasma"](np.linspace(0.0, 0.85, 64)))

_LETTERS = 40  # of a field's words in a line
_BINS = 150  # across the picture, nearly a dot each
_DOT = 0.055  # its height, in rows
_HALF = 0.42  # how far dots go up and down from the middle of their row, at most


def plot_beeswarm(sample: Sample, language: Language, file: BinaryIO) -> None:
    """Draw the FIELDS strongest fields of a sample, a dot a client at what the field added to the log-odds of his PD; a PNG."""
    drawn(sample, language).savefig(file, format="png", dpi=DOTS_PER_INCH)


def drawn(sample: Sample, language: Language) -> Figure:
    """The picture itself; of a portfolio of nobody an empty frame."""
    moves = sample.strongest(FIELDS)
    figure = new_figure(height=1.9 + 0.47 * len(moves))
    axes = figure.add_subplot()
    everything = np.concatenate([one.contribution for one in moves] or [np.zeros(0)])
    width = float(np.ptp(everything)) / _BINS if len(everything) else 0.0
    for place, one in enumerate(moves):
        _row(axes, place, one, width or 1.0)
    axes.set_yticks(range(len(moves)), field_words(moves, language), fontsize=9)
    _frame(axes, len(moves), language)
    _keys(figure, axes, moves, language)
    figure.suptitle(title(sample, len(moves), language), x=0.01, ha="left", fontsize=11)
    return figure


def field_words(moves: Sequence[Moves], language: Language) -> list[str]:
    """What stands beside each row: the field in words, in lines of up to _LETTERS letters, a remark in brackets on its own."""
    return [_in_lines(language.fields[one.field]) for one in moves]


def title(sample: Sample, fields: int, language: Language) -> str:
    """What the picture shows, and of whom."""
    words = language.picture
    clients, everybody = (language.number(count, 0) for count in (sample.drawn, sample.expected))
    of_whom = words["everybody" if sample.drawn == sample.expected else "drawn"].format(clients=clients, all=everybody)
    return f"{words['title'].format(fields=fields, part=language.share(sample.part(fields)))}\n{of_whom}"


def spread(contribution: Floats, width: float) -> Floats:
    """How far above or below its row's middle each of n dots lies, so that those of one bin of this width don't hide each other.

    A bin is as high as the square root of its dots, measured by the row's fullest one, but no higher than they stack up.
    """
    bins = np.floor(contribution / width).astype(np.int64)
    _, which, counts = np.unique(bins, return_inverse=True, return_counts=True)
    order = np.argsort(which, kind="stable")
    first = np.repeat(np.cumsum(counts) - counts, counts)
    nth = np.empty(len(bins), dtype=np.int64)
    nth[order] = np.arange(len(bins)) - first  # of its bin, from 0
    dots = counts[which]
    half = np.minimum((dots - 1) / 2 * _DOT, _HALF * np.sqrt(dots / counts.max(initial=1)))
    return np.asarray((2 * nth / np.maximum(dots - 1, 1) - 1) * half)


def _in_lines(words: str) -> str:
    parts = words.replace(" (", "\n(", 1).split("\n") if len(words) > _LETTERS else [words]
    return "\n".join(fill(part, _LETTERS) for part in parts)


def _row(axes: Axes, place: int, one: Moves, width: float) -> None:
    colours = LOW_TO_HIGH(np.nan_to_num(one.rank))
    colours[np.isnan(one.rank)] = to_rgba(GREY)
    colours[~one.known] = to_rgba(UNKNOWN)
    height = place + spread(one.contribution, width)
    order = np.argsort(one.known, kind="stable")  # what isn't known lies below
    axes.scatter(one.contribution[order], height[order], s=7, c=colours[order], linewidths=0, alpha=0.85)


def _frame(axes: Axes, rows: int, language: Language) -> None:
    words = language.picture
    axes.set_ylim(rows - 0.4, -0.6)  # the strongest on top
    axes.axvline(0, color=GREY, linewidth=0.8, zorder=0.9)
    frame(axes)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_formatter(lambda value, _place: language.number(value, 2))
    axes.set_xlabel(words["contribution"], fontsize=9, labelpad=18)
    below: dict[str, Any] = {"xycoords": "axes fraction", "textcoords": "offset points", "va": "top", "fontsize": 9}
    axes.annotate(words["towards_credit"], (0, 0), (0, -20), ha="left", **below)
    axes.annotate(words["towards_refusal"], (1, 0), (0, -20), ha="right", **below)


def _keys(figure: Figure, axes: Axes, moves: Sequence[Moves], language: Language) -> None:
    """What the colours mean: a bar for those of values, and a line for each of the two greys that occurs."""
    words = language.picture
    bar = figure.colorbar(ScalarMappable(cmap=LOW_TO_HIGH), ax=axes, aspect=45, pad=0.02, ticks=[0, 1])
    bar.ax.set_yticklabels([words["low"], words["high"]], fontsize=9)
    bar.ax.text(1.5, 0.5, words["value"], transform=bar.ax.transAxes, rotation=90, va="center", fontsize=9)
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0)
    greys = [(UNKNOWN, words["unknown"], any((~one.known).any() for one in moves))]
    greys += [(GREY, words["unordered"], any((one.known & np.isnan(one.rank)).any() for one in moves))]
    marks = [
        Line2D([], [], linestyle="", marker="o", markersize=5, color=colour, markeredgewidth=0, label=label)
        for colour, label, occurs in greys
        if occurs
    ]
    if marks:
        figure.legend(handles=marks, loc="outside lower right", ncols=2, frameon=False, fontsize=9, handletextpad=0.1)
