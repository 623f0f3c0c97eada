"""The page's pictures, drawn from its figures; what differs in colour differs in its mark, dashes or hatching, too."""

from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray

from scoring.plotting import BLUE, GREEN, GREY, ORANGE, PURPLE, frame, new_figure

Rows = Sequence[Mapping[str, Any]]
Values = Sequence[float | None]

WIDTH, DOTS_PER_INCH = 6.0, 150
FONT: Any = {"font.size": 11.0, "axes.titlesize": 11.0, "legend.fontsize": 10.0, "text.parse_math": False}
"""Of 6 inches, so that letters have nine pixels where a phone shows a picture 360 pixels wide."""
STYLES: tuple[dict[str, Any], ...] = (
    {"color": BLUE, "marker": "o", "linestyle": "-"},
    {"color": ORANGE, "marker": "s", "linestyle": "--"},
    {"color": GREEN, "marker": "^", "linestyle": "-."},
    {"color": PURPLE, "marker": "D", "linestyle": ":"},
    {"color": GREY, "marker": "v", "linestyle": (0, (5, 1, 1, 1))},
)
_MOST_TICKS = 5
_LEAST_SHARE = 0.01  # at the top of an axis, so that nothing isn't drawn as much
_HIGHEST = 3  # times the highest threshold
_BESIDE = 0.12  # of a cohort's width, between what was expected of it and what came


def decisions_picture(rows: Rows, unit: str) -> bytes:
    """How many were granted and refused, and the approval rate below."""

    def draw(figure: Figure) -> None:
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
        granted, refused = (np.array([row[name] for row in rows]) for name in ("granted", "refused"))
        places = range(len(rows))
        above.bar(places, granted, color=BLUE, label="granted")
        hatched: dict[str, Any] = {"color": "white", "edgecolor": ORANGE, "hatch": "////", "linewidth": 0.8}
        above.bar(places, refused, bottom=granted, label="refused", **hatched)
        above.yaxis.set_major_formatter(lambda value, _place: f"{value:,.0f}")
        _line(below, [row["approval_rate"] for row in rows], 0)
        _frame(above, f"decisions a {unit}")
        _frame(below, "approval rate", percent=True)
        below.set_ylim(0, 1)
        _time_axis(below, rows, unit)

    return _drawn(draw, 4.8)


def lines_picture(
    lines: Mapping[str, Values], rows: Rows, unit: str, title: str, *, percent: bool = False, level: float | None = None
) -> bytes:
    """Up to five lines by their labels, one value a row (None: a gap), over time; and a threshold, if there is one."""

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        for place, (label, values) in enumerate(lines.items()):
            _line(axes, values, place, label)
        if level is not None:
            axes.axhline(level, color=GREY, linestyle=(0, (1, 1)), label=f"threshold {level:.1%}")
        _frame(axes, title, percent=percent)
        _time_axis(axes, rows, unit)

    return _drawn(draw, 3.7)


def expected_picture(rows: Rows, unit: str) -> bytes:
    """The default rate expected of the granted and the expected cost per client, with their intervals."""

    def draw(figure: Figure) -> None:
        panels = figure.subplots(2, 1, sharex=True)
        for place, (axes, name) in enumerate(zip(panels, ("default_rate", "cost"), strict=True)):
            value, low, high = _ends(rows, name)
            _line(axes, value.tolist(), place, "expected")
            axes.fill_between(
                range(len(rows)), low, high, color=STYLES[place]["color"], alpha=0.2, linewidth=0, label="95% interval"
            )
        _frame(panels[0], "default rate\nof the granted", percent=True)
        _frame(panels[1], "cost per client\n(good client refused: 1)")
        _time_axis(panels[1], rows, unit)

    return _drawn(draw, 4.8)


def outcomes_picture(cohorts: Rows) -> bytes:
    """What came of each cohort beside what was expected of the same clients. cohorts: those with enough outcomes."""

    def draw(figure: Figure) -> None:
        panels = figure.subplots(2, 1, sharex=True)
        realised = [cohort["realised"] for cohort in cohorts]
        for axes, name in zip(panels, ("default_rate", "cost"), strict=True):
            _points(axes, [one["expected"] for one in realised], name, -_BESIDE, 1, "expected")
            _points(axes, realised, name, _BESIDE, 0, "realised")
        _frame(panels[0], "default rate", percent=True)
        _frame(panels[1], "cost per client\n(good client refused: 1)")
        _cohort_axis(panels[1], cohorts)

    return _drawn(draw, 4.8)


def threshold_picture(cohorts: Rows) -> bytes:
    """The threshold that each cohort's outcomes ask for, beside the one that was used. cohorts: those that tell one."""

    def draw(figure: Figure) -> None:
        axes = figure.add_subplot()
        thresholds = [cohort["threshold"] for cohort in cohorts]
        _points(axes, thresholds, "asked", 0, 0, "outcomes ask for (95% interval)")
        used = [one["used"] for one in thresholds]
        axes.plot(range(len(used)), used, color=GREY, linestyle="--", marker="x", label="used")
        _frame(axes, "threshold (PD)", percent=True)
        highest = max(*used, *(one["asked"]["value"] for one in thresholds))
        axes.set_ylim(0, min(axes.get_ylim()[1], _HIGHEST * highest))  # of few outcomes an interval reaches far
        _cohort_axis(axes, cohorts)

    return _drawn(draw, 3.7)


def fields_picture(fields: Rows, rows: Rows, unit: str) -> bytes:
    """Of each field how often it was unknown, and out of range or unseen, beside how often training didn't know it."""

    def draw(figure: Figure) -> None:
        panels = figure.subplots(-(-len(fields) // 2), 2, sharex=True, squeeze=False).ravel()
        for axes, field in zip(panels, fields, strict=False):
            _line(axes, field["unknown_by_period"], 0, "unknown")
            _line(axes, field["unusual_by_period"], 1, "unusual: out of range, or unseen label")
            axes.axhline(field["unknown_in_training"], color=GREY, linestyle=(0, (1, 1)), label="unknown in training")
            axes.set_title(field["field"], loc="left", fontsize=8 if len(field["field"]) > 24 else 9.5)
            _frame(axes, "", percent=True, legend=False)
            axes.tick_params(labelsize=9)
            _time_axis(axes, rows, unit, ticks=2, label="")
        for axes in panels[len(fields) :]:
            axes.set_axis_off()
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper left", ncols=2, frameon=False)
        figure.supxlabel(_time_label(unit), fontsize=11)

    return _drawn(draw, 1.2 + 1.35 * -(-len(fields) // 2))


def _drawn(draw: Callable[[Figure], None], height: float) -> bytes:
    """A picture so many inches high as a PNG that names nobody, not even who wrote the library."""
    with mpl.rc_context(FONT):
        figure = new_figure(height)
        figure.set_size_inches(WIDTH, height)
        draw(figure)
        file = BytesIO()
        figure.savefig(file, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None})
    return file.getvalue()


def _line(axes: Axes, values: Values, style: int, label: str | None = None) -> None:
    numbers = np.array([np.nan if value is None else value for value in values])
    axes.plot(range(len(values)), numbers, markersize=4, linewidth=1.4, label=label, **STYLES[style])


def _points(axes: Axes, rows: Rows, name: str, shift: float, style: int, label: str) -> None:
    value, low, high = _ends(rows, name)
    around = np.clip([value - low, high - value], 0, None)
    marks = {key: STYLES[style][key] for key in ("color", "marker")}
    axes.errorbar(np.arange(len(rows)) + shift, value, around, linestyle="", markersize=6, capsize=3, label=label, **marks)


def _ends(rows: Rows, name: str) -> NDArray[np.float64]:
    """Value, low and high end of each row's estimate, (3, rows); NaN where there is none."""
    nothing = dict.fromkeys(("value", "low", "high"), np.nan)
    return np.array([[(row[name] or nothing)[end] for row in rows] for end in nothing], dtype=np.float64)


def _frame(axes: Axes, label: str, *, percent: bool = False, legend: bool = True) -> None:
    axes.set_ylim(0, 1.08 * max(axes.get_ylim()[1], _LEAST_SHARE if percent else 0))
    axes.set_ylabel(label)
    if percent:
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    frame(axes, "y")
    if legend and axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, ncols=2, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0)


def _time_axis(axes: Axes, rows: Rows, unit: str, ticks: int = _MOST_TICKS, label: str | None = None) -> None:
    places = np.unique(np.linspace(0, len(rows) - 1, min(ticks, len(rows))).round().astype(int))
    axes.set_xticks(places, [rows[place]["from"] for place in places])
    axes.set_xlim(-0.6, len(rows) - 0.4)
    axes.set_xlabel(_time_label(unit) if label is None else label)


def _time_label(unit: str) -> str:
    return "day (UTC)" if unit == "day" else "week, by its Monday (UTC)"


def _cohort_axis(axes: Axes, cohorts: Rows) -> None:
    every = -(-len(cohorts) // 8)
    places = range(0, len(cohorts), every)
    axes.set_xticks(places, [cohorts[place]["cohort"] for place in places])
    axes.set_xlim(-0.6, len(cohorts) - 0.4)
    axes.set_xlabel("cohort: month of the decision")
