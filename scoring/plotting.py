"""What every picture of ours shares: a palette that any eye tells apart, a canvas without a window, and a plain frame."""

from pathlib import Path
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

# Okabe and Ito's palette: told apart with any colour vision, and in grey.
BLUE, ORANGE, GREEN, PURPLE, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#5A5A5A"
COLOURS = (BLUE, ORANGE)
"""Of two samples, in their order."""


def new_axes() -> tuple[Figure, Axes]:
    """A figure of one plot."""
    figure = new_figure(height=5)
    return figure, figure.add_subplot()


def new_figure(height: float) -> Figure:
    """An empty figure, 8 inches wide."""
    figure = Figure(figsize=(8, height), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)  # no window, no display, no pyplot state
    return figure


def frame(axes: Axes, grid: Literal["both", "x", "y"] = "both") -> None:
    """A light grid behind, open to the top and the right."""
    axes.grid(axis=grid, color="#E3E3E3", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def save(figure: Figure, axes: Axes, path: Path) -> None:
    """Frame the figure's one plot, from 0 up, with its legend, and write it."""
    axes.set_ylim(bottom=0)
    frame(axes)
    axes.legend(frameon=False)
    figure.savefig(path)
