"""What came in, as a section of the page."""

from collections.abc import Mapping, Sequence
from typing import Any

from scoring.monitoring.page.elements import Block, Picture, Section, Table
from scoring.monitoring.page.plots import fields_picture
from scoring.monitoring.page.words import counted, percent

Figures = Mapping[str, Any]

MOST_IMPORTANT = 12
FURTHEST = 10
_LEAST_DIFFERENCE = 0.01
"""Of a share: nearer to training than that, a field isn't listed among those that are far from it."""


def received_section(figures: Figures) -> Section:
    """figures: the whole page's."""
    received, unit = figures["received"], figures["log"]["unit"]
    text = [_of_whom(figures), _left_out(received)]
    if not _records(received):
        return Section("What came in", text)
    text.append(
        "Unknown: null or absent. Unusual: out of the range that training saw, or a label that it never saw. "
        f"Lately: since {received['lately']['from']}, {counted(received['lately']['records'], 'record')}."
    )
    shown = received["fields"][:MOST_IMPORTANT]
    words = (
        f"Of the {len(shown)} most important fields, by {unit}, how often each was unknown, and unusual, beside how often "
        "training didn't know it; the table gives the figures."
    )
    picture = Picture(fields_picture(shown, received["periods"], unit), words)
    blocks = [Block([_table(f"The {len(shown)} most important fields, the first most", shown)], picture)]
    if far := furthest(received["fields"]):
        blocks.append(Block([_table("The fields that lately were furthest from training", far)]))
    return Section("What came in", text, blocks)


def furthest(fields: Sequence[Figures]) -> list[Figures]:
    """The fields that lately were furthest from training, the furthest first."""
    far = [field for field in fields if _distance(field) >= _LEAST_DIFFERENCE]
    return sorted(far, key=_distance, reverse=True)[:FURTHEST]


def how_far(field: Figures) -> str:
    """A field's name, with what came in lately beside training."""
    if field["unusual_lately"] == _distance(field):
        return f"{field['field']} ({percent(field['unusual_lately'])} out of range or unseen)"
    return f"{field['field']} ({percent(field['unknown_lately'])} unknown, in training {percent(field['unknown_in_training'])})"


def _distance(field: Figures) -> float:
    """In shares of the records: training itself has hardly a value out of its range. 0 of no records."""
    if field["unknown_lately"] is None:
        return 0.0
    return float(max(abs(field["unknown_lately"] - field["unknown_in_training"]), field["unusual_lately"]))


def _of_whom(figures: Figures) -> str:
    received, version = figures["received"], figures["model"]["version"]
    others = figures["log"]["decisions"] - received["decisions"]
    of_others = f"; other versions' {others:,} aren't looked at here, for fields and ranges are a model's own" if others else ""
    decisions = f"{counted(received['decisions'], 'decision')} of model {version}"
    if received["sampled"] == received["decisions"]:
        return f"Of {decisions}, all of them{of_others}."
    return f"Of {decisions}, {received['sampled']:,} drawn at random, evenly over the log (seed {received['seed']}){of_others}."


def _left_out(received: Figures) -> str:
    left_out = f"purged and left out: {received['purged']:,}"
    if received["unreadable"]:
        left_out += f"; left out because this code's field table doesn't take them: {received['unreadable']:,}"
    return f"Records looked at: {_records(received):,}; {left_out}."


def _records(received: Figures) -> int:
    return sum(row["records"] for row in received["periods"])


def _table(caption: str, fields: Sequence[Figures]) -> Table:
    shown = ("unknown_in_training", "unknown", "unknown_lately", "unusual", "unusual_lately")
    cells = [[field["field"], *(percent(field[name]) for name in shown)] for field in fields]
    return Table(caption, ("field", "unknown in training", "unknown", "unknown lately", "unusual", "unusual lately"), cells)
