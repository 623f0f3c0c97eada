"""What the service did, as a section of the page."""

from collections.abc import Iterator, Mapping
from typing import Any

from scoring.monitoring.page.elements import Block, Picture, Section, Table
from scoring.monitoring.page.plots import decisions_picture, lines_picture
from scoring.monitoring.page.words import LATENCY, between, listed, milliseconds, most_frequent, named, number, percent

Figures = Mapping[str, Any]

PD = {"p10": "a tenth is below", "p50": "median", "p90": "a tenth is above"}
REVIEWS = {
    "reviewed": "reviewed",
    "confirmed": "decided as the service did",
    "refused_then_granted": "refused by the service, then granted",
    "granted_then_refused": "granted by the service, then refused",
}


def service_section(figures: Figures) -> Section:
    """figures: the whole page's."""
    service, unit = figures["service"], figures["log"]["unit"]
    statuses = service["whole"]["other_statuses"]
    text = [
        "Decisions, without simulations, as the service made them; what people decided in its place is counted below.",
        f"Versions of the model that decided: {listed(service['whole']['versions'])}.",
        f"Answered with another status than 200: {listed(statuses)}.",
    ]
    blocks = [
        _decisions(service, unit),
        _quantiles(service, unit, "probability", PD, threshold=figures["model"]["threshold"]),
        _quantiles(service, unit, "latency_ms", LATENCY),
        Block([_by_outcome(service["probability"]), _reviews(service["reviews"]), *_versions(service, unit)]),
    ]
    return Section("What the service did", text, blocks)


def _decisions(service: Figures, unit: str) -> Block:
    rows = service["periods"]
    counted = between([row["decisions"] for row in rows], number)
    approved = between([row["approval_rate"] for row in rows], percent)
    words = f"Decisions a {unit}, granted and refused: {counted}; below them the approval rate: {approved}."
    cells = [
        [
            name,
            number(row["decisions"]),
            number(row["granted"]),
            number(row["refused"]),
            percent(row["approval_rate"]),
            number(row["reviews"]),
            number(row["overrides"]),
        ]
        for name, row in named(service)
    ]
    headings = (unit, "decisions", "granted", "refused", "approval rate", "reviewed", "overridden")
    table = Table(f"Decisions by {unit}", headings, cells, last_is_whole=True)
    return Block([table], Picture(decisions_picture(rows, unit), words))


def _quantiles(service: Figures, unit: str, of: str, levels: Mapping[str, str], threshold: float | None = None) -> Block:
    """Of `probability` or `latency_ms`."""
    rows, probability = service["periods"], of == "probability"
    title = "probability of default (PD)" if probability else "latency (milliseconds)"
    form = percent if probability else milliseconds
    lines = {label: [(row[of] or {}).get(level) for row in rows] for level, label in levels.items()}
    words = f"Quantiles of the {title} by {unit}: " + "; ".join(
        f"{label}: {between(line, form)}" for label, line in lines.items()
    )
    cells = [[name, *(form((row[of] or {}).get(level)) for level in levels)] for name, row in named(service)]
    table = Table(f"Quantiles of the {title}", (unit, *levels.values()), cells, last_is_whole=True)
    return Block([table], Picture(lines_picture(lines, rows, unit, title, percent=probability, level=threshold), f"{words}."))


def _by_outcome(groups: Figures) -> Table:
    cells = [
        [name, number(group["decisions"]), *(percent((group["probability"] or {}).get(level)) for level in PD)]
        for name, group in groups.items()
    ]
    return Table("PD by decision, and by what became of the loan", ("decisions", "number", *PD.values()), cells)


def _reviews(reviews: Figures) -> Table:
    cells = [
        [
            words,
            number(reviews[name]["decisions"]),
            number(reviews[name]["outcomes"]),
            number(reviews[name]["defaulted"]),
            percent(reviews[name]["default_rate"]),
        ]
        for name, words in REVIEWS.items()
    ]
    return Table(
        "Reviews, the last one of each decision", ("review", "number", "outcomes known", "defaulted", "default rate"), cells
    )


def _versions(service: Figures, unit: str) -> Iterator[Table]:
    """Which version decided how often, where there were several."""
    versions = service["whole"]["versions"]
    if len(versions) > 1:
        first, rest = most_frequent(versions)
        cells = [
            [name, *(number(row["versions"].get(version, 0)) for version in first)]
            + ([number(sum(row["versions"].get(version, 0) for version in rest))] if rest else [])
            for name, row in named(service)
        ]
        headings = (unit, *first, *(["others"] if rest else []))
        yield Table("Decisions by the model's version", headings, cells, last_is_whole=True)
