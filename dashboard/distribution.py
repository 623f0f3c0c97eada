"""How a number lies among the clients of the training, granted and refused, and where this client lies: a picture."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray

from dashboard.look import BLUE, FONT, INK, ORANGE, QUIET
from dashboard.values import name_of
from dashboard.words import Words
from scoring.explaining.kinds import kind_of
from scoring.explaining.language import shown
from scoring.explaining.profile import GRANTED, REFUSED, Profile

HEIGHT = 260  # pixels
_BINS = 16  # of 200 quantiles
_TICKS = 5
_OUTER = 100  # of so many quantile levels one is left out at each end: few clients far away would press all others together
_MONTH, _YEAR, _SPANS = 30.4375, 365.25, 2  # days are told in months, or years, where the axis has so many of them twice over
_WHOLE_STEPS = 1.0
_LEAST_STEPS = {"share": 0.01, "score": 0.01, "index": 0.001, "times": 0.1, "count": 0.1, "instalments": 0.1}
"""Kind -> the least difference that its texts tell apart; 1 of all others."""

Floats = NDArray[np.float64]


def chart(words: Words, profile: Profile, field: str, value: float | None, said: str) -> alt.LayerChart:
    """Shares of both groups by bins of the field's value, with a line where the client is. `said`: the picture in words."""
    groups = {
        words(f"compare.{group}"): np.array(sorted(shown(field, one) for one in _quantiles(profile, field, group)))
        for group in (GRANTED, REFUSED)
    }
    own = None if value is None else shown(field, value)
    edges = bin_edges(list(groups.values()), own)
    rows = [
        {"at": float(edge), "share": share, "group": group}
        for group, quantiles in groups.items()
        for edge, share in zip(edges, _steps(shares(quantiles, edges)), strict=True)
    ]
    layers = [_outlines(words, field, rows, edges, list(groups))]
    if own is not None:
        layers += _client(words, float(np.clip(own, edges[0], edges[-1])), float(edges[0] + edges[-1]) / 2)
    framed: alt.LayerChart = (
        alt.layer(*layers)
        .properties(height=HEIGHT, width="container", description=said)
        .configure_view(stroke=None)
        .configure_axis(
            labelFontSize=12, titleFontSize=12, labelColor=INK, titleColor=QUIET, titleFontWeight="normal", gridColor="#E3E3E3"
        )
        .configure(font=FONT, background="transparent")
    )
    return framed


def shares(quantiles: Floats, edges: Floats) -> list[float]:
    """How many of a group lie in each bin, from 0 to 1, by its quantiles."""
    counts, _ = np.histogram(quantiles, edges)
    return [float(share) for share in counts / max(len(quantiles), 1)]


def bin_edges(groups: Sequence[Floats], own: float | None) -> Floats:
    """Bins over what is usual of both groups, the client among them if not far away; around whole numbers if there are few."""
    known = [group for group in groups if len(group)]
    low = min((group[len(group) // _OUTER] for group in known), default=0.0)
    high = max((group[-1 - len(group) // _OUTER] for group in known), default=1.0)
    if own is not None:
        reach = (high - low) / 2
        low, high = min(low, max(own, low - reach)), max(high, min(own, high + reach))
    if high - low <= _BINS and all(np.all(group == np.round(group)) for group in known):
        return np.arange(math.floor(low) - 0.5, math.ceil(high) + 1.0)
    return np.linspace(low, high, _BINS + 1) if high > low else np.array([low - 0.5, low + 0.5])


def tick_texts(words: Words, field: str, edges: Floats) -> dict[float, str]:
    """Where an axis over these bins has its ticks, and what stands there: no text twice, and no half of what is whole."""
    whole = len(edges) <= _BINS + 2 and np.array_equal(edges % 1, np.full(len(edges), 0.5)) and edges[1] - edges[0] == 1
    least = _WHOLE_STEPS if whole else _LEAST_STEPS.get(kind_of(field), 1.0)
    texts: dict[str, float] = {}
    for tick in nice_ticks(float(edges[0]), float(edges[-1]), _unit(field, edges), least):
        texts.setdefault(words.language.written(field, shown(field, tick)), tick)
    return {tick: text for text, tick in texts.items()}


def nice_ticks(low: float, high: float, unit: float = 1.0, least: float = 0.0) -> list[float]:
    """About _TICKS numbers between two, 1, 2 or 5 times a power of ten of the unit apart, but `least` if that is more."""
    rough = (high - low) / unit / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = max(unit * power * next(times for times in (1, 2, 5, 10) if times * power >= rough * (1 - 1e-9)), least)
    return [float(step * count) for count in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]


def _quantiles(profile: Profile, field: str, group: str) -> Sequence[float]:
    """None of a group that was too small to be summed up."""
    of = profile.columns[field].get(group)
    return of.quantiles if of else []


def _steps(shares: Sequence[float]) -> list[float]:
    """A share an edge: the last bin's has two, to be drawn to its end."""
    return [*shares, shares[-1]]


def _outlines(words: Words, field: str, rows: list[dict[str, Any]], edges: Floats, groups: Sequence[str]) -> alt.Chart:
    legend = alt.Legend(title=None, orient="top", symbolType="stroke", symbolStrokeWidth=3, symbolSize=500, labelFontSize=13)
    most = max(row["share"] for row in rows) or 1.0
    percents = {share: words.language.share(share) for share in nice_ticks(0.0, most, 0.01)}
    outlines: alt.Chart = (
        alt.Chart(alt.Data(values=rows))  # type: ignore[no-untyped-call]
        .mark_line(interpolate="step-after", strokeWidth=2.5)
        .encode(
            x=alt.X(
                "at:Q",
                title=name_of(words, field),
                axis=_axis(tick_texts(words, field, edges), grid=False),
                scale=alt.Scale(domain=[float(edges[0]), float(edges[-1])], nice=False),
            ),
            y=alt.Y("share:Q", title=words("compare.share"), axis=_axis(percents, grid=True)),
            color=alt.Color("group:N", scale=alt.Scale(domain=groups, range=[BLUE, ORANGE]), legend=legend),
            strokeDash=alt.StrokeDash("group:N", scale=alt.Scale(domain=groups, range=[[1, 0], [6, 3]]), legend=legend),
        )
    )
    return outlines


def _unit(field: str, edges: Floats) -> float:
    """What a tick's number is told in: years or months, where days are many enough."""
    if kind_of(field) not in ("days_ago", "days", "date", "delay"):
        return 1.0
    return next((unit for unit in (_YEAR, _MONTH) if edges[-1] - edges[0] > _SPANS * unit), 1.0)


def _axis(texts: Mapping[float, str], grid: bool) -> alt.Axis:
    """An axis with these texts: Vega writes numbers as Americans do."""
    step = min((b - a for a, b in zip(list(texts), list(texts)[1:], strict=False)), default=1.0)
    cases = "".join(f"abs(datum.value - ({tick!r})) < {step / 2!r} ? {text!r} : " for tick, text in texts.items())
    return alt.Axis(values=list(texts), labelExpr=f"{cases}''", grid=grid, domain=not grid, ticks=not grid)


def _client(words: Words, at: float, middle: float) -> list[alt.Chart]:
    data = alt.Data(values=[{"at": at, "text": words("compare.this_client")}])  # type: ignore[no-untyped-call]
    text = alt.Chart(data).mark_text(
        align="left" if at < middle else "right",
        dx=6 if at < middle else -6,
        baseline="top",
        fontSize=13,
        fontWeight="bold",
        color=INK,
    )
    return [
        alt.Chart(data).mark_rule(color=INK, strokeWidth=2).encode(x="at:Q"),
        text.encode(x="at:Q", y=alt.value(2), text="text:N"),
    ]
