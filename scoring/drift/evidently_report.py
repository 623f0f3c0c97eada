"""A comparison as Evidently shows it: metrics of our own, whose values the comparison found. Evidently is imported here alone.

docs.evidentlyai.com, "Custom metric". Its own drift metric chooses its own test, draws each client's value over its row's number,
and does so in red and green.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from evidently import DataDefinition, Dataset, Report
from evidently.core.metric_types import SingleValue, SingleValueCalculation, SingleValueMetric
from evidently.legacy.renderers.html_widgets import (
    ColumnDefinition,
    CounterData,
    RichTableDataRow,
    WidgetSize,
    counter,
    plotly_figure,
    rich_table_data,
    text_widget,
)

from scoring.plotting import BLUE, ORANGE

BINS = 40
PAGE_ROWS = 25
LONGEST_LABEL = 28
STYLE = (  # its cards grow with the widest table, past the window's edge
    "<style>.MuiGrid-root{min-width:0;max-width:100%} .MuiPaper-root{overflow-x:auto} p{overflow-wrap:anywhere}"
    " .MuiTableCell-root{padding:4px 8px!important}</style>"
)


def render(metrics: Sequence[Any], reference: pd.DataFrame, current: pd.DataFrame) -> str:
    """The metrics as an HTML page, whole in itself; the frames hold the columns that FieldDistribution draws."""
    numbers = [str(name) for name in reference.select_dtypes("number")]
    labels = [str(name) for name in reference if name not in numbers]
    definition = DataDefinition(numerical_columns=numbers, categorical_columns=labels)
    before, after = (Dataset.from_pandas(frame, data_definition=definition) for frame in (reference, current))
    html = str(Report(list(metrics)).run(after, before).get_html_str(as_iframe=False))
    return html.replace("</head>", f"{STYLE}</head>", 1)


class FieldDistribution(SingleValueMetric):
    """How far a field moved, `value`, beside its distribution on both sides; `told` says what came of it."""

    column: str
    value: float
    title: str
    told: str


class FieldDistributionCalculation(SingleValueCalculation[FieldDistribution]):
    """Draws it."""

    def calculate(self, context: Any, current_data: Any, reference_data: Any) -> SingleValue:
        sides = [data.as_dataframe()[self.metric.column].dropna() for data in (reference_data, current_data)]
        numbers = sides[0].dtype.kind == "f"
        result = self.result(self.metric.value)
        figure = _histograms(*(side.to_numpy() for side in sides)) if numbers else _bars(*sides)
        result.widget = [plotly_figure(title=f"{self.metric.title}: {self.metric.told}", figure=figure, size=WidgetSize.HALF)]
        return result

    def display_name(self) -> str:
        return f"Distribution of {self.metric.column}"


class Verdict(SingleValueMetric):
    """The share of the model's importance that drifts, `value`, in words."""

    value: float
    headline: str
    counts: dict[str, str]
    sentences: list[str]


class VerdictCalculation(SingleValueCalculation[Verdict]):
    """Writes it."""

    def calculate(self, context: Any, current_data: Any, reference_data: Any) -> SingleValue:
        told = self.metric
        result = self.result(told.value)
        result.widget = [
            text_widget(title=told.headline, text="\n\n".join(told.sentences)),
            counter(counters=[CounterData(label, value) for label, value in told.counts.items()]),
        ]
        return result

    def display_name(self) -> str:
        return "Verdict"


class Table(SingleValueMetric):
    """All fields, `value` of them: columns as name -> title, rows as name -> text."""

    value: float
    columns: dict[str, str]
    rows: list[dict[str, str]]


class TableCalculation(SingleValueCalculation[Table]):
    """Lists them."""

    def calculate(self, context: Any, current_data: Any, reference_data: Any) -> SingleValue:
        result = self.result(self.metric.value)
        table = rich_table_data(
            title="All fields, those first that the model leans on most",
            rows_per_page=PAGE_ROWS,
            columns=[ColumnDefinition(title, name) for name, title in self.metric.columns.items()],
            data=[RichTableDataRow(fields=row) for row in self.metric.rows],
        )
        result.widget = [table]
        return result

    def display_name(self) -> str:
        return "All fields"


def _histograms(reference: Any, current: Any) -> go.Figure:
    """Shares of the known in bins that both sides have in common."""
    bounds = np.histogram_bin_edges(np.concatenate([reference, current]), bins=BINS)
    middle = (bounds[:-1] + bounds[1:]) / 2
    shares = [np.histogram(side, bounds)[0] / len(side) for side in (reference, current)]
    return _figure(
        go.Scatter(x=middle, y=shares[0], name="reference", line={"color": BLUE, "shape": "hvh"}, fill="tozeroy"),
        go.Scatter(x=middle, y=shares[1], name="current", line={"color": ORANGE, "shape": "hvh", "dash": "dash"}),
    )


def _bars(reference: Any, current: Any) -> go.Figure:
    """Shares of the labels, those first that the reference has most."""
    shares = [side.value_counts(normalize=True) for side in (reference, current)]
    labels = [*shares[0].index, *(label for label in shares[1].index if label not in shares[0].index)]
    shown = [label if len(label) <= LONGEST_LABEL else f"{label[:LONGEST_LABEL]}…" for label in labels]
    before, after = ([float(side.get(label, 0)) for label in labels] for side in shares)
    return _figure(
        go.Bar(x=shown, y=before, name="reference", marker={"color": BLUE}),
        go.Bar(x=shown, y=after, name="current", marker={"color": ORANGE, "pattern": {"shape": "/"}}),
    )


def _figure(*traces: Any) -> go.Figure:
    figure = go.Figure(traces)
    figure.update_layout(template="plotly_white", height=320, margin={"t": 10, "b": 40}, legend={"orientation": "h", "y": 1.12})
    figure.update_yaxes(tickformat="~%", rangemode="tozero", title="share of the known")
    return figure
