"""Pictures of several panels: each model's calibration, and the PDs that two models give."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator, PercentFormatter

from scoring.comparison.comparison import Measured
from scoring.comparison.style import distinct, titled
from scoring.plotting import BLUE, GREY, ORANGE, frame, new_figure
from scoring.training.metrics import calibration_bins
from scoring.training.plots import wilson_interval

ACROSS = 3
_TICKS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)


def plot_calibrations(found: Sequence[Measured], path: Path) -> str:
    """Default rate against mean PD in ten quantile bins out of fold, with Wilson's 95% intervals, a panel a model; a PNG."""
    shown = distinct(found)
    down = -(-len(shown) // ACROSS)
    figure = new_figure(height=0.8 + 2.3 * down)
    panels = np.atleast_1d(figure.subplots(down, ACROSS, sharex=True, sharey=True)).ravel()
    for axes, one in zip(panels, shown, strict=False):
        _calibration(axes, one, BLUE if one is found[0] else GREY)
    for axes in panels[len(shown) :]:
        axes.set_axis_off()
    figure.supxlabel("probability of default given, mean of each tenth of the clients", fontsize=9)
    figure.supylabel("share that defaulted, out of fold", fontsize=9)
    errors = {one.name: one.figures[0]["calibration_error"] * 100 for one in shown}
    others = [error for name, error in errors.items() if name != found[0].name]
    title = (
        f"Ours is {errors[found[0].name]:.2f} points off on average out of fold, the peers {min(others):.2f} to {max(others):.2f}"
    )
    return titled(figure, title, path)


def plot_scores(ours: Measured, peer: Measured, path: Path) -> str:
    """The out-of-fold PDs of those who repaid and who defaulted, by ours and by a peer, with each one's threshold; a PNG."""
    figure = new_figure(height=6)
    panels = figure.subplots(2, 1, sharex=True, sharey=True)
    said = [_scores(axes, one) for axes, one in zip(panels, (ours, peer), strict=True)]
    panels[0].margins(y=0.15)
    panels[1].set_xlabel("probability of default given, out of fold (logarithmic; the first bar holds all below)")
    panels[0].legend(frameon=False, loc="upper left")
    (bad, good), (its_bad, its_good) = said
    title = (
        f"Of 100 who defaulted ours refuses {bad * 100:.0f}, of 100 who repaid {good * 100:.0f}; "
        f"{peer.title}: {its_bad * 100:.0f} and {its_good * 100:.0f}"
    )
    return titled(figure, title, path)


def _calibration(axes: Axes, one: Measured, colour: str) -> None:
    sample = one.samples[0]
    expected, observed, clients = calibration_bins(probability=sample.probability, target=sample.target)
    low, high = wilson_interval(observed, clients)
    around = np.clip([observed - low, high - observed], 0, None)
    axes.plot([0.001, 0.5], [0.001, 0.5], color=GREY, linestyle="--", linewidth=0.8)
    axes.errorbar(expected, observed, around, fmt="o", color=colour, markersize=3.5, linewidth=1, capsize=1.5)
    axes.set_xscale("log")
    axes.set_yscale("log")
    for axis in (axes.xaxis, axes.yaxis):
        _percents(axis, (0.001, 0.01, 0.1), float)
    error = one.figures[0]["calibration_error"] * 100
    axes.set_title(f"{one.title}\n{error:.2f} points off", fontsize=8.5, loc="left", color=colour)
    axes.tick_params(labelsize=8)
    frame(axes)


def _scores(axes: Axes, one: Measured) -> tuple[float, float]:
    """Gives the share refused of those who defaulted, and of those who repaid."""
    sample = one.samples[0]
    edges = np.linspace(np.log(_TICKS[0]), np.log(0.7), 51)
    shares = []
    for outcome, label, colour, style in ((0, "repaid", BLUE, "-"), (1, "defaulted", ORANGE, "--")):
        probability = sample.probability[sample.target == outcome]
        values = np.clip(np.log(np.clip(probability, 1e-9, None)), edges[0], edges[-1])
        heights = np.histogram(values, edges)[0] / len(values)
        axes.stairs(heights, edges, fill=True, color=colour, alpha=0.15)
        axes.stairs(heights, edges, color=colour, linestyle=style, linewidth=1.5, label=label)
        shares.append(float(np.mean(probability >= one.threshold)))
    axes.axvline(np.log(one.threshold), color=GREY, linewidth=1, linestyle="--")
    axes.annotate(
        f" refused from {one.threshold:.2%}",
        (np.log(one.threshold), 1),
        (3, -10),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        fontsize=9,
        color=GREY,
    )
    _percents(axes.xaxis, _TICKS, np.log)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.set_ylabel("share of the clients of each outcome", fontsize=9)
    axes.set_title(f"{one.title}: AUC {one.figures[0]['auc']:.3f}", loc="left", fontsize=10)
    frame(axes)
    return shares[1], shares[0]


def _percents(axis: Axis, ticks: Sequence[float], scale: Callable[[float], float]) -> None:
    axis.set_major_locator(FixedLocator([float(scale(tick)) for tick in ticks]))
    axis.set_major_formatter(FixedFormatter([f"{tick:.1%}" if tick < 0.01 else f"{tick:.0%}" for tick in ticks]))
    axis.set_minor_locator(NullLocator())
