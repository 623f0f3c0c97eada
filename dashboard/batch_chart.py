"""The picture of a batch: how many files at which probability, on which side of the threshold."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import numpy.typing as npt

from dashboard.look import BLUE, FONT, INK, ORANGE
from dashboard.words import Words

_BARS = 40
_HEIGHT = 320  # pixels
_HEADROOM = 1.2
"""Of the highest bar, so that the line's label stands above it."""


def histogram(probabilities: Sequence[float], threshold: float, words: Words) -> alt.LayerChart:
    """Bars on both sides of the threshold, which is a line with its value on it; a legend that counts the sides."""
    values = np.asarray(probabilities, dtype=float)
    edges = _edges(threshold, float(values.max(initial=threshold)))
    refused = int((values >= threshold).sum())
    said = {
        "granted": words.count(len(values) - refused),
        "refused": words.count(refused),
        "threshold": words.language.probability(threshold),
    }
    layers = (_bars(values, edges, threshold, said, words), *_line(threshold, float(edges[-1]), said, words))
    title = alt.TitleParams(words("batch.chart"), anchor="start", color=INK, font=FONT, fontSize=16)
    described = words("batch.chart_description", **said)
    return alt.LayerChart(layer=layers, title=title, height=_HEIGHT, description=described)


def _edges(threshold: float, highest: float) -> npt.NDArray[np.float64]:
    """Where bars begin and end: of one width from 0 until past the highest, none on both sides of the threshold."""
    if threshold <= 0:
        return np.linspace(0, np.nextafter(max(highest, 1 / _BARS), 2), _BARS + 1)
    before = max(1, round(_BARS * threshold / highest))
    bars = max(before, int(before * highest / threshold)) + 1  # the quotient may be a bit less than it is
    edges: npt.NDArray[np.float64] = np.arange(bars + 1, dtype=np.float64) * (threshold / before)
    edges[before] = threshold
    edges[-1] = max(edges[-1], np.nextafter(highest, 2))
    return edges


def _bars(
    values: npt.NDArray[np.float64], edges: npt.NDArray[np.float64], threshold: float, said: Mapping[str, str], words: Words
) -> alt.Chart:
    counts, _ = np.histogram(values, edges)
    sides = [words("batch.side", side=words(f"batch.{side}"), count=said[side]) for side in ("granted", "refused")]
    rows = [
        {"from": float(low), "to": float(high), "base": 0, "count": int(count), "side": sides[bool(low >= threshold)]}
        for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
    ]
    legend = alt.Legend(title=None, orient="top", direction="vertical", labelFontSize=14, labelColor=INK, labelLimit=0)
    bars: alt.Chart = (
        _over(rows)
        .mark_rect(stroke="white", strokeWidth=1)
        .encode(
            x=alt.X(
                "from:Q",
                title=words("batch.chart_x"),
                scale=_scale([0, float(edges[-1])]),
                axis=_axis(_percent(words), grid=False),
            ),
            x2="to:Q",
            y=alt.Y(
                "count:Q",
                title=words("batch.chart_y"),
                scale=_scale([0, float(max(1, counts.max()) * _HEADROOM)]),
                axis=_axis(_count(words), tickMinStep=1),
            ),
            y2="base:Q",
            color=alt.Color("side:N", scale=alt.Scale(domain=sides, range=[BLUE, ORANGE]), legend=legend),
        )
    )
    return bars


def _line(threshold: float, end: float, said: Mapping[str, str], words: Words) -> tuple[alt.Chart, alt.Chart]:
    """The threshold and, where there is more room beside it, its value."""
    base = _over([{"at": threshold, "label": words("batch.chart_line", threshold=said["threshold"])}])
    left = threshold > end / 2
    text = base.mark_text(align="right" if left else "left", dx=-6 if left else 6, font=FONT, fontSize=14, color=INK)
    line = base.mark_rule(color=INK, strokeDash=[6, 4], strokeWidth=2)
    return line.encode(x="at:Q"), text.encode(x="at:Q", y=alt.value(10), text="label:N")


def _over(rows: list[dict[str, Any]]) -> alt.Chart:
    return alt.Chart({"values": rows})


def _scale(domain: list[float]) -> alt.Scale:
    return alt.Scale(domain=domain, nice=False)


def _axis(label: str, **more: Any) -> alt.Axis:
    return alt.Axis(labelExpr=label, labelFontSize=13, titleFontSize=13, labelColor=INK, titleColor=INK, **more)


def _percent(words: Words) -> str:
    """Vega's expression for a share as this language writes it."""
    before, after = words.language.units["share"].split("{}")
    decimal = words.language.numbers.decimal
    return f"'{before}' + replace(format(100 * datum.value, '.1~f'), '.', '{decimal}') + '{after}'"


def _count(words: Words) -> str:
    """Vega's expression for a whole number as this language groups its digits."""
    return f"replace(format(datum.value, ',.0f'), regexp(',', 'g'), '{words.language.numbers.thousands}')"
