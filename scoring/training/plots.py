"""The pictures of a run: what each threshold costs, whether the probabilities are true, and what moves them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import shorten
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray

from scoring.cost import cost_band, cost_curve, cost_of_granting_all
from scoring.plotting import BLUE, COLOURS, GREEN, GREY, ORANGE, PURPLE, new_axes, new_figure, save
from scoring.training.metrics import Sample, calibration_bins, calibration_error
from scoring.training.thresholds import ThresholdStudy

Floats = NDArray[np.float64]

HIGHEST_THRESHOLD = 0.3  # of the picture, unless the choice lies beyond
MOST_COLUMNS = 20
_MEAN = "mean_absolute_contribution"


def plot_cost_curve(samples: tuple[Sample, Sample], choice: ThresholdStudy, path: Path) -> None:
    """What a client costs at each threshold, out of fold with its 95% band and in the report split, beside granting to all, with
    the thresholds that were open to choice; a PNG.
    """
    figure, axes = new_axes()
    highest = min(1.0, max(HIGHEST_THRESHOLD, 1.3 * max(choice.chosen, choice.theory, choice.interval.high)))
    thresholds = np.linspace(0.0, highest, 301)
    for sample, colour in zip(samples, COLOURS, strict=True):
        clients: dict[str, Any] = {"probability": sample.probability, "target": sample.target, "thresholds": thresholds}
        axes.plot(thresholds, cost_curve(**clients, costs=choice.costs), color=colour, label=sample.label)
        if sample is samples[0]:
            band = cost_band(**clients, costs=choice.costs)
            axes.fill_between(thresholds, *band, color=colour, alpha=0.18, linewidth=0, label=f"95% band {sample.label}")
    all_granted = cost_of_granting_all(target=samples[0].target, costs=choice.costs)
    axes.axhline(all_granted, color=GREY, linestyle=":", label=f"granting to all, {all_granted:.3f}")
    _mark_choice(axes, choice)
    axes.set_xlim(0, highest)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.set_xlabel("threshold: credit is refused from this probability of default")
    axes.set_ylabel(f"cost per client (one good client refused: {choice.costs.false_positive:g})")
    axes.set_title(_what_it_costs(samples, choice), loc="left")
    save(figure, axes, path)


def plot_calibration(samples: tuple[Sample, ...], path: Path) -> None:
    """Default rate against mean PD in ten quantile bins, with 95% intervals (Wilson, 1927); a PNG."""
    figure, axes = new_axes()
    highest = 0.0
    for sample, colour, marker in zip(samples, COLOURS, "os", strict=False):
        expected, observed, clients = calibration_bins(probability=sample.probability, target=sample.target)
        low, high = wilson_interval(observed, clients)
        highest = max(highest, float(high.max()), float(expected.max()))
        around = np.clip([observed - low, high - observed], 0, None)
        label = f"{sample.label}, 95% interval"
        axes.errorbar(expected, observed, around, fmt=marker, color=colour, markersize=5, linewidth=1, capsize=2, label=label)
    axes.plot([0, highest], [0, highest], color=GREY, linestyle="--", linewidth=1, label="probabilities that come true")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.set_xlim(left=0)
    axes.set_xlabel("probability of default given, mean of each tenth of the clients")
    axes.set_ylabel("share that defaulted")
    error = calibration_error(probability=samples[0].probability, target=samples[0].target)
    axes.set_title(
        f"Probabilities {samples[0].label} are {error * 100:.2f} points from the default rates, on average", loc="left"
    )
    save(figure, axes, path)


def plot_importance(found: Mapping[str, Any], meanings: Mapping[str, str], path: Path) -> None:
    """The columns of an `importance` that move the probability most, and their shares of the gain; a PNG.

    meanings: column -> what it holds, in a few words; a column that isn't there goes without.
    """
    shown = found["columns"][:MOST_COLUMNS]
    figure = new_figure(height=1.5 + 0.37 * len(shown))
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(5, 2))
    _bars(left, [one[_MEAN] for one in shown], "{:.3f}", BLUE, f"mean absolute contribution, in {found['unit']}")
    _bars(right, [one["gain"] for one in shown], "{:.1%}", ORANGE, "share of the gain of all splits")
    right.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    left.set_ylim(len(shown) - 0.5, -0.9)  # the greatest on top, with room for its name
    for place, one in enumerate(shown):
        above: dict[str, Any] = {"textcoords": "offset points", "va": "baseline", "in_layout": False}
        name = left.annotate(one["column"], (0, place - 0.2), (4, 3), fontsize=8.5, **above)
        room = max(8, int(90 - 1.4 * len(one["column"])))  # small letters beside the name's capitals
        words = shorten(meanings.get(one["column"], ""), room, placeholder=" ...")
        left.annotate(words, (1, 0), (6, 0), xycoords=name, fontsize=8, color=GREY, **above | {"va": "bottom"})
    figure.suptitle(_what_moves(found, shown), x=0.01, ha="left")
    figure.savefig(path)


def wilson_interval(share: Floats, clients: NDArray[np.int64], z: float = 1.96) -> tuple[Floats, Floats]:
    """The interval of a share (k,) observed among so many clients (k,)."""
    spread = z * np.sqrt(share * (1 - share) / clients + z**2 / (4 * clients**2))
    middle, scale = share + z**2 / (2 * clients), 1 + z**2 / clients
    return (middle - spread) / scale, (middle + spread) / scale


def _mark_choice(axes: Axes, choice: ThresholdStudy) -> None:
    """The optimum as a point with its interval as a bar on the axis, the threshold of theory and the chosen one as lines."""
    low, high, costs = choice.interval.low, choice.interval.high, choice.costs
    axes.axvspan(low, high, color=PURPLE, alpha=0.08, linewidth=0)
    axes.axvspan(low, high, ymax=0.03, color=PURPLE, label=f"95% interval of the optimum, {low:.1%} to {high:.1%}")
    lowest = choice.out_of_fold["optimum"].cost_per_client
    axes.plot(choice.optimum, lowest, "o", color=PURPLE, label=f"optimum out of fold, {choice.optimum:.2%}")
    theory = f"{costs.false_positive:g}/{costs.false_positive + costs.false_negative:g} = {choice.theory:.2%}"
    if choice.chosen == choice.theory:
        axes.axvline(choice.theory, color=GREY, linestyle="--", linewidth=1, label=f"theory, and chosen: {theory}")
    else:
        axes.axvline(choice.theory, color=GREEN, linestyle="-.", linewidth=1, label=f"theory: {theory}")
        axes.axvline(choice.chosen, color=GREY, linestyle="--", linewidth=1, label=f"chosen: {choice.chosen:.2%}")


def _what_it_costs(samples: tuple[Sample, Sample], choice: ThresholdStudy) -> str:
    (first, there), (second, here) = (
        (sample.label, {name: f"{one.cost_per_client:.3f}" for name, one in priced.items()})
        for sample, priced in zip(samples, (choice.out_of_fold, choice.report), strict=True)
    )
    return (
        f"Refusing from {choice.chosen:.2%} costs {there['chosen']} a client {first}, {here['chosen']} in the {second}\n"
        f"From {choice.optimum:.2%}, the cheapest {first}: {there['optimum']} and {here['optimum']}; "
        f"from 50%: {there['half']} and {here['half']}"
    )


def _what_moves(found: Mapping[str, Any], shown: Sequence[Mapping[str, Any]]) -> str:
    part, whole = (sum(one[_MEAN] for one in columns) for columns in (shown, found["columns"]))
    first, many = shown[0], len(found["columns"])
    return (
        f"{first['column']} moves the probability most: by {first[_MEAN]:.3f} on average, over {found['clients']:,} clients\n"
        f"The {len(shown)} columns shown carry {part / (whole or 1.0):.0%} of the contributions of all {many}"
    )


def _bars(axes: Axes, values: Sequence[float], written: str, colour: str, label: str) -> None:
    bars = axes.barh(range(len(values)), values, height=0.36, color=colour)
    axes.bar_label(bars, [written.format(value) for value in values], padding=3, fontsize=8)
    axes.margins(x=0.2)
    axes.set_xlim(left=0)
    axes.set_yticks([])
    axes.set_xlabel(label, loc="left", fontsize=9)
    axes.spines[["top", "right"]].set_visible(False)
