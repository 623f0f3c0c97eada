"""A comparison in words, for the page, for documents and for people."""

from collections.abc import Iterator
from typing import Any

from scoring.drift.comparison import SCORE, Drift
from scoring.drift.field import FieldDrift, ScoreDrift
from scoring.markdown import table

COLUMNS = {
    "field": "field",
    "weight": "share of the model's importance",
    "drifted": "drifts",
    "moved": "moved",
    "limit": "limit",
    "psi": "PSI",
    "reference": "reference",
    "current": "current",
    "unknown": "unknown",
}


def sentences(drift: Drift) -> Iterator[str]:
    """What was compared with what, and what came of it."""
    reference, current = drift.reference, drift.current
    yield f"Current: {_side(current)}. Reference: {_side(reference)}."
    yield from (f"Alarm: {reason}." for reason in drift.reasons)
    quiet = [field.field for field in drift.drifted if not field.weight]
    if quiet:
        yield f"These drift, too, but the model doesn't use them: {', '.join(quiet)}."
    if drift.score:
        yield f"The PD: {of_score(drift.score)}."
    if drift.left_out:
        yield f"Not compared: {', '.join(f'{name} ({why})' for name, why in drift.left_out.items())}."
    yield (
        "“Moved” is the share of clients that would have to change for both sides to look alike, among those of whom the field "
        "is known; a field drifts where that, or the share of the unknown, reaches the limit, which is never below what chance "
        "does with so many clients. PSI: below 0.10 stable, below 0.25 moderate, from there on major."
    )


def _side(one: Any) -> str:
    drawn = "all looked at" if one["sampled"] >= one["clients"] else f"{one['sampled']:,} looked at, drawn at random"
    how = "rebuilt field by field from its quantiles and shares" if one["rebuilt"] else drawn
    return f"{one['source']}, {one['clients']:,} clients ({how})"


def counts(drift: Drift) -> dict[str, str]:
    """The figures that say most, by what they are of."""
    counts = {
        "fields drift": f"{len(drift.drifted)} of {len(drift.fields)}",
        "of the model's importance drifts": f"{drift.importance:.1%}",
    }
    if drift.score:
        counts |= {f"PSI of the {SCORE}": f"{drift.score.psi.value:.3f}, {drift.score.band}"}
    return counts


def of_score(score: ScoreDrift) -> str:
    """How the PDs moved."""
    return f"PSI {score.psi.value:.3f} ({score.band}), mean {score.means[0]:.2%} in the reference, {score.means[1]:.2%} now"


def of_field(field: FieldDrift) -> str:
    """What came of a field."""
    moved = field.moved.value if field.moved else 0.0
    what = f"PSI {moved:.3f}" if field.test == "psi" else f"{moved:.1%} moved"
    lost = f", unknown {field.unknown[0]:.0%} → {field.unknown[1]:.0%}" if field.gone and field.gone.drifted else ""
    return f"{'drifts' if field.drifted else 'no drift'}, {what}{lost}"


def row(field: FieldDrift) -> dict[str, str]:
    """What was measured of a field, by COLUMNS."""
    return {
        "field": field.field,
        "weight": f"{field.weight:.1%}",
        "drifted": "yes" if field.drifted else "",
        "moved": _measured(field.test, field.moved.value) if field.moved else "",
        "limit": _measured(field.test, field.moved.limit) if field.moved else "",
        "psi": f"{field.psi:.3f} {field.band}",
        "reference": field.typical[0],
        "current": field.typical[1],
        "unknown": f"{field.unknown[0]:.1%} → {field.unknown[1]:.1%}",
    }


def _measured(test: str, value: float) -> str:
    return f"{value:.3f} (PSI)" if test == "psi" else f"{value:.1%}"


def lines(drift: Drift) -> list[str]:
    """In Markdown: what was compared, what came of it, and the fields that drift."""
    told = [*sentences(drift)][:-1]
    rows = [[*row(field).values()] for field in drift.drifted]
    titles = [title for name, title in COLUMNS.items() if name != "drifted"]
    at = list(COLUMNS).index("drifted")
    shown = [[f"`{cells[0]}`", *cells[1:at], *cells[at + 1 :]] for cells in rows]
    return [*(line for sentence in told for line in (sentence, "")), *(table(titles, shown) if rows else ["No field drifts."])]
