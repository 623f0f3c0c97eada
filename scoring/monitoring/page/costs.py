"""What the decisions are expected to cost, and what those did cost whose outcomes are known, as two sections of the page."""

from collections.abc import Iterator, Mapping
from typing import Any

from scoring.monitoring.page.elements import Block, Picture, Section, Table
from scoring.monitoring.page.plots import expected_picture, outcomes_picture, threshold_picture
from scoring.monitoring.page.words import between, counted, named, number, numbers, percent, percents, threshold_line

Figures = Mapping[str, Any]

TOO_FEW = "too few"


def expected_section(figures: Figures) -> Section:
    """figures: the whole page's."""
    expected, unit, model = figures["expected"], figures["log"]["unit"], figures["model"]
    costs, others = model["costs"], figures["log"]["decisions"] - figures["received"]["decisions"]
    of_others = f", for the {counted(others, 'decision')} of other versions, too" if others else ""
    text = [
        "Before anybody knows how the loans end: what the decisions' own PDs lead to expect, each as the service decided it, at "
        "its own threshold; what people decided in its place doesn't count. The costs of an error are those of "
        f"{model['version']}{of_others}: granting to a client who defaults costs {costs['false_negative']:g}, refusing one who "
        f"would have repaid {costs['false_positive']:g}.",
        "An interval holds what will be realised with 95% probability, if PDs come true "
        + (f"as nearly as the training of {model['version']} can tell." if model["calibration_covariance"] else "to the letter.")
        + " It can't know that clients have changed: that shows when outcomes come.",
    ]
    rows = expected["periods"]
    words = (
        f"Expected by {unit}, with 95% intervals. "
        f"Default rate of the granted: {between(_values(rows, 'default_rate'), percent)}; "
        f"cost per client: {between(_values(rows, 'cost'), lambda value: number(value, 3))}."
    )
    cells = [
        [name, number(row["clients"]), number(row["granted"]), percents(row["default_rate"]), numbers(row["cost"])]
        for name, row in named(expected)
    ]
    headings = (unit, "decisions", "granted", "default rate of the granted", "cost per client")
    table = Table(f"Expected by {unit}", headings, cells, last_is_whole=True)
    block = Block([table], Picture(expected_picture(rows, unit), words))
    return Section("What the decisions are expected to cost", text, [block])


def outcomes_section(figures: Figures) -> Section:
    """figures: the whole page's."""
    outcomes, version = figures["outcomes"], figures["model"]["version"]
    whole, least = outcomes["whole"], outcomes["least_outcomes"]
    title = "What the decisions did cost"
    if not whole["outcomes"]:
        return Section(title, ["No outcome of these decisions is known yet: POST /outcomes tells them."])
    text = [
        f"{counted(whole['outcomes'], 'decision')} whose outcome is known, the latest dated {whole['last_known']}, beside what "
        f"was expected of the very same; a cohort of fewer than {least} is called {TOO_FEW}. Each counts as the service decided "
        "it: refusing has a cost here only where a person granted credit after all, so these figures don't compare with the "
        "section before.",
        "A default is known before a repayment is: while outcomes of many loans are missing, those that are known tell of too "
        "many defaults. Judge a cohort when most of its loans have one.",
        "The interval of what was expected holds what chance makes of it; that of what was realised, what else these outcomes "
        "are compatible with.",
    ]
    enough = [cohort for cohort in outcomes["cohorts"] if cohort["realised"]]
    told = [cohort for cohort in outcomes["cohorts"] if cohort["threshold"]["asked"]]
    return Section(title, text, [_outcomes(outcomes, enough), _thresholds(outcomes, told, version)])


def _outcomes(outcomes: Figures, enough: list[Figures]) -> Block:
    headings = (
        "cohort",
        "decisions",
        "outcomes known",
        "of loans",
        "default rate of the granted",
        "expected",
        "cost per client",
        "expected",
        "AUC",
        "defaults over expected",
    )
    table = Table("Outcomes by month of the decision", headings, [_cells(*one) for one in _cohorts(outcomes)], last_is_whole=True)
    if not enough:
        return Block([table])
    rates = between(
        [cohort["realised"]["default_rate"]["value"] for cohort in enough if cohort["realised"]["default_rate"]], percent
    )
    words = (
        f"Default rate ({rates}) and cost per client of each cohort, realised and expected, with 95% intervals; see the table."
    )
    return Block([table], Picture(outcomes_picture(enough), words), wide=True)


def _thresholds(outcomes: Figures, told: list[Figures], version: str) -> Block:
    cells = [[name, threshold_line(cohort["threshold"])] for name, cohort in _cohorts(outcomes)]
    caption = f"Does the threshold of {version} stay, by outcomes of its own decisions?"
    table = Table(caption, ("cohort", "what its outcomes say"), cells, last_is_whole=True, last_in_words=True)
    if not told:
        return Block([table])
    asked = between([cohort["threshold"]["asked"]["value"] for cohort in told], percent)
    words = f"The threshold that each cohort's outcomes ask for ({asked}) with its 95% interval, beside the one that was used."
    return Block([table], Picture(threshold_picture(told), words))


def _cohorts(outcomes: Figures) -> Iterator[tuple[str, Figures]]:
    yield from ((cohort["cohort"], cohort) for cohort in outcomes["cohorts"])
    yield "all", outcomes["whole"]


def _cells(name: str, cohort: Figures) -> list[str]:
    known = [name, number(cohort["decisions"]), number(cohort["outcomes"]), percent(cohort["known_of_lent"])]
    realised = cohort["realised"]
    if not realised:
        return [*known, *[TOO_FEW] * 6]
    expected = realised["expected"]
    return [
        *known,
        percents(realised["default_rate"]),
        percents(expected["default_rate"]),
        numbers(realised["cost"]),
        numbers(expected["cost"]),
        numbers(realised["auc"]),
        numbers(realised["ratio"], 2),
    ]


def _values(rows: list[Figures], name: str) -> list[float | None]:
    return [row[name]["value"] if row[name] else None for row in rows]
