"""What the access log tells of requests, those too that came to no decision, as a section of the page."""

from collections.abc import Mapping
from typing import Any

from scoring.monitoring.page.elements import Block, Picture, Section, Table
from scoring.monitoring.page.plots import STYLES, lines_picture
from scoring.monitoring.page.words import LATENCY, between, counted, listed, milliseconds, named, number, percent

Figures = Mapping[str, Any]


def requests_section(requests: Figures | None, unit: str) -> Section:
    """requests: what scoring.monitoring.access_log counted, or None."""
    title = "Requests that came to no decision"
    if requests is None:
        where = (
            "the access log, JSON lines that the service writes to its standard output, has them: give it with --access-log FILE."
        )
        return Section(title, [f"Requests that were refused, and errors, never get into the decision log; {where}"])
    whole = requests["whole"]
    text = [
        f"The access log has {counted(whole['requests'], 'request')} of that time; answered with an error: {_failed(whole):,}, "
        f"by status: {listed(whole['errors'])}. Lines of it that aren't the service's own: {requests['skipped_lines']:,}."
    ]
    blocks = [_classes(requests, unit), _routes(requests, unit)] if whole["requests"] else []
    return Section(title, text, blocks)


def _classes(requests: Figures, unit: str) -> Block:
    rows = requests["periods"]
    classes = sorted(requests["whole"]["classes"])
    lines = {
        f"{name} of all": [row["classes"].get(name, 0) / row["requests"] if row["requests"] else None for row in rows]
        for name in ("4xx", "5xx")
    }
    words = f"Share of requests that were errors, by {unit}: " + "; ".join(
        f"{label}: {between(line, percent)}" for label, line in lines.items()
    )
    cells = [
        [name, number(row["requests"]), *(number(row["classes"].get(one, 0)) for one in classes), listed(row["errors"])]
        for name, row in named(requests)
    ]
    headings = (unit, "requests", *classes, "errors, by status")
    table = Table(f"Requests by {unit}", headings, cells, last_is_whole=True, last_in_words=True)
    return Block([table], Picture(lines_picture(lines, rows, unit, "share of requests", percent=True), f"{words}."))


def _routes(requests: Figures, unit: str) -> Block:
    rows, routes = requests["periods"], requests["whole"]["routes"]
    most = sorted(routes, key=lambda name: -routes[name]["requests"])
    lines = {name: [_latency(row["routes"].get(name), "p95") for row in rows] for name in most[: len(STYLES)]}
    words = f"Milliseconds that 95% of requests stay below, by {unit}, of the routes asked most: " + "; ".join(
        f"{name}: {between(line, milliseconds)}" for name, line in lines.items()
    )
    cells = [
        [name, number(routes[name]["requests"]), *(milliseconds(_latency(routes[name], level)) for level in LATENCY)]
        for name in most
    ]
    table = Table("Latency by route (milliseconds)", ("route", "requests", *LATENCY.values()), cells)
    return Block([table], Picture(lines_picture(lines, rows, unit, "95% are below (milliseconds)"), f"{words}."))


def _latency(route: Figures | None, level: str) -> float | None:
    return route["latency_ms"][level] if route and route["latency_ms"] else None


def _failed(whole: Figures) -> int:
    return sum(whole["errors"].values())
