"""The monitoring page: one HTML file with its pictures inside, that asks nothing of any other place."""

from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from scoring.monitoring.page.costs import expected_section, outcomes_section
from scoring.monitoring.page.elements import Section
from scoring.monitoring.page.received import furthest, how_far, received_section
from scoring.monitoring.page.requests import requests_section
from scoring.monitoring.page.service import service_section
from scoring.monitoring.page.words import as_expected, counted, milliseconds, number, numbers, percent, percents, threshold_line

Figures = Mapping[str, Any]

_MOST_NAMED = 3


def page(figures: Figures) -> str:
    """The page as HTML. figures: what scoring.monitoring.monitor.figures found."""
    log, version = figures["log"], figures["model"]["version"]
    environment = Environment(
        loader=PackageLoader("scoring.monitoring.page", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    until = _minute(log["until"]) if log["until"] else "the last decision"
    by = "ISO weeks, from Monday on" if log["unit"] == "week" else "days"
    ends = f"the first and the last {log['unit']} may not be whole"
    return environment.get_template("page.html.jinja").render(
        title=f"Credit decisions from {_day(log['first'])} to {_day(log['last'])}",
        about=f"The decision log from {_minute(log['since'])} to {until}, by {by}; {ends}. All times are UTC. "
        f"Model {version}, threshold {percent(figures['model']['threshold'], 2)}.",
        summary=list(summary(figures)),
        sections=list(_sections(figures)),
    )


def summary(figures: Figures) -> Iterator[str]:
    """The page in sentences."""
    log, whole = figures["log"], figures["service"]["whole"]
    yield (
        f"The service made {counted(log['decisions'], 'decision')} and granted credit in {percent(whole['approval_rate'])}; "
        f"{counted(log['simulations_left_out'], 'simulation')} left out. The last decision is of {_minute(log['last'])}."
    )
    latency = whole["latency_ms"]
    yield (
        f"Half of all decisions took at most {milliseconds(latency['p50'])} ms, 99% at most {milliseconds(latency['p99'])} ms. "
        f"People reviewed {number(whole['reviews'])} and decided otherwise in {number(whole['overrides'])}."
    )
    if figures["requests"]:
        yield _requests(figures["requests"]["whole"])
    yield _came_in(figures["received"])
    yield _expected(figures["expected"]["whole"])
    yield from _outcomes(figures["outcomes"]["whole"], figures["outcomes"]["least_outcomes"])


def _sections(figures: Figures) -> Iterator[Section]:
    yield service_section(figures)
    yield requests_section(figures["requests"], figures["log"]["unit"])
    yield received_section(figures)
    yield expected_section(figures)
    yield outcomes_section(figures)


def _came_in(received: Figures) -> str:
    if not any(row["records"] for row in received["periods"]):
        return "What came in can't be told: no record of the model's decisions is left."
    far = furthest(received["fields"])
    if not far:
        return "What came in lately is unknown as often as in training, and within its range."
    return f"What came in lately differs from training most in {'; '.join(how_far(field) for field in far[:_MOST_NAMED])}."


def _requests(whole: Figures) -> str:
    failed = sum(many for first, many in whole["classes"].items() if first == "5xx")
    return f"The access log has {counted(whole['requests'], 'request')}; the service failed in {failed:,} of them (5xx)."


def _expected(whole: Figures) -> str:
    cost = f"a decision is expected to cost {numbers(whole['cost'])}, in units of refusing one good client."
    if not whole["default_rate"]:
        return f"Nobody was granted credit; {cost}"
    return f"Of those granted, {percents(whole['default_rate'])} are expected to default; {cost}"


def _outcomes(whole: Figures, least: int) -> Iterator[str]:
    known = f"Outcomes are known of {counted(whole['outcomes'], 'decision')}"
    realised = whole["realised"]
    if not realised:
        yield f"{known}: too few to say what they cost (fewer than {least})."
        return
    known += f", {percent(whole['known_of_lent'])} of those granted in the end"
    if not realised["default_rate"]:
        yield f"{known}: all of loans that the service had refused."
    else:
        yield (
            f"{known}: {percents(realised['default_rate'])} of those that the service granted defaulted; expected were "
            f"{percents(realised['expected']['default_rate'])}: {as_expected(realised, 'default_rate')}."
        )
    yield f"On the threshold: {threshold_line(whole['threshold'])}."


def _day(time: str) -> str:
    return time[:10]


def _minute(time: str) -> str:
    return time[:16].replace("T", " ")
