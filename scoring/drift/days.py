"""Drift day by day, as a table and a picture: when it began to be seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.axes import Axes

from scoring.drift.comparison import SCORE, Drift
from scoring.drift.field import Check
from scoring.markdown import table
from scoring.plotting import BLUE, GREEN, GREY, ORANGE, PURPLE, frame, new_figure

NOTHING = Check(float("nan"), float("nan"))
LOOKS = ((BLUE, "-", "o"), (ORANGE, "--", "s"), (GREEN, "-.", "^"), (PURPLE, ":", "D"))


@dataclass(frozen=True, slots=True)
class Days:
    """The comparisons of one day each, by the day's name; `began`: the name of the day from which on they differ."""

    drifts: Mapping[str, Drift]
    began: str

    @property
    def alarms(self) -> list[str]:
        """The days that raised the alarm."""
        return [day for day, drift in self.drifts.items() if drift.alarm]

    def lines(self) -> list[str]:
        """A table of the days, in Markdown."""
        titles = [
            "day",
            "clients",
            "fields that drift",
            "importance that drifts",
            f"PSI of the {SCORE}",
            f"mean {SCORE}",
            "alarm",
        ]
        return table(titles, [_row(day, drift) for day, drift in self.drifts.items()])

    def plot(self, fields: Sequence[str], path: Path) -> None:
        """How far up to four fields, and the PD, were from the reference on each day, beside the limits."""
        figure = new_figure(height=7)
        top, bottom = figure.subplots(2, 1, sharex=True)
        at = range(len(self.drifts))
        drifts = list(self.drifts.values())
        for name, (colour, line, marker) in zip(fields, LOOKS, strict=False):
            moved = [100 * _moved(drift, name).value for drift in drifts]
            top.plot(at, moved, color=colour, linestyle=line, marker=marker, markersize=4, label=name)
        limits = [100 * _moved(drift, fields[0]).limit for drift in drifts]
        top.plot(at, limits, color=GREY, linewidth=1, label=f"limit for {fields[0]}")
        top.set_ylabel("clients that moved, %")
        scores = [drift.score.psi if drift.score else NOTHING for drift in drifts]
        bottom.plot(at, [psi.value for psi in scores], color=BLUE, marker="o", markersize=4, label=f"PSI of the {SCORE}")
        bottom.plot(at, [psi.limit for psi in scores], color=GREY, linewidth=1, label="limit")
        bottom.set_ylabel("PSI")
        bottom.set_xticks(list(at), list(self.drifts), rotation=90, fontsize=7)
        for axes in (top, bottom):
            self._frame(axes)
        top.set_title(f"Each day's clients against those from before; others come from {self.began} on", fontsize=10, loc="left")
        figure.savefig(path)

    def _frame(self, axes: Axes) -> None:
        axes.axvline(list(self.drifts).index(self.began) - 0.5, color=GREY, linestyle="--", linewidth=1)
        axes.set_ylim(bottom=0)
        frame(axes)
        axes.legend(frameon=False, loc="upper left", fontsize=8)


def _row(day: str, drift: Drift) -> list[str]:
    names = [field.field for field in drift.drifted]
    score = drift.score
    return [
        day,
        f"{drift.current['clients']:,}",
        ", ".join(f"`{name}`" for name in names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "") or "–",
        f"{drift.importance:.0%}",
        f"{score.psi.value:.2f}" if score else "",
        f"{score.means[1]:.1%}" if score else "",
        "**yes**" if drift.alarm else "",
    ]


def _moved(drift: Drift, name: str) -> Check:
    """How far a field moved; nothing where it couldn't be told."""
    return next((field.moved for field in drift.fields if field.field == name and field.moved), NOTHING)
