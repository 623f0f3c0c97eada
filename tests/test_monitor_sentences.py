"""The monitoring page's sentences where there is one of a thing, or none: as a person would write them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs import monitor
from model import Scorer
from scoring.decision_log.entries import Entry, Outcome, Review
from scoring.decision_log.log import SqlLog
from scoring.decision_log.spool import Spool
from tests.conftest import demo_clients
from tests.databases import upgraded
from tests.test_monitor_page import Page, changed
from tests.written_logs import entries

TIME = "2024-11-02T12:00:00.000+00:00"


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqlLog]:
    url = f"sqlite:///{tmp_path / 'decisions.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    database = upgraded(url)
    yield SqlLog(database, Spool(tmp_path / "spool"))
    database.close()


@pytest.fixture
def decision(scorer: Scorer) -> Callable[..., Entry]:
    made = entries(scorer, demo_clients()[:1], TIME)[0]

    def decided(number: int, **changes: Any) -> Entry:
        return changed(made, decision_id=f"{number:036}", **changes)

    return decided


def text(folder: Path) -> str:
    html = folder / "page.html"
    assert monitor.main(["--since", "2024-11-01", "--html", str(html)]) == 0
    return " ".join(Page(html.read_text(encoding="utf-8")).text.split())


def test_a_single_decision_is_one_decision(log: SqlLog, decision: Callable[..., Entry], tmp_path: Path) -> None:
    log.append([decision(1, probability=0.02, decision="granted")])
    page = text(tmp_path)
    assert "The service made 1 decision and granted credit in 100.0%; 0 simulations left out." in page
    assert "Lately: since 2024-11-02, 1 record." in page
    assert "Outcomes are known of 0 decisions: too few" in page


def test_where_nobody_is_granted_credit_no_default_rate_is_told(
    log: SqlLog, decision: Callable[..., Entry], tmp_path: Path
) -> None:
    log.append([decision(1, probability=0.4, decision="refused")])
    assert "Nobody was granted credit; a decision is expected to cost 0.600 (0.000 to 1.000)" in text(tmp_path)


def test_outcomes_of_refusals_that_people_overruled_have_the_cost_of_refusing(
    log: SqlLog, decision: Callable[..., Entry], tmp_path: Path
) -> None:
    made = [decision(i, probability=0.2 + i / 1000, decision="refused") for i in range(120)]
    log.append(made)
    for one in made:
        log.review(one.decision_id, Review("A. Reviewer", "granted", "a reason"), "key 1")
    ends = ["defaulted" if i % 4 == 0 else "repaid" for i in range(120)]
    log.record_outcomes([Outcome(one.decision_id, end, "2025-11-02") for one, end in zip(made, ends, strict=True)], "key 1")
    page = text(tmp_path)
    assert "known of 120 decisions, 100.0% of those granted in the end: all of loans that the service had refused." in page
    assert "2024-11120120100.0%––0.750 (" in page  # the cells of the cohort's row


def test_costs_say_whose_they_are_where_other_versions_decided_too(
    log: SqlLog, decision: Callable[..., Entry], tmp_path: Path, scorer: Scorer
) -> None:
    other = {"model_version": "2-7ed5e81c", "model_sha256": "7" * 64}
    log.append([decision(1), decision(2, **other)])
    said = f"The costs of an error are those of {scorer.model_version}, for the 1 decision of other versions, too"
    assert said in text(tmp_path)


def test_of_many_versions_the_most_frequent_are_named_and_the_rest_summed_up(
    log: SqlLog, decision: Callable[..., Entry], tmp_path: Path
) -> None:
    by_one = [decision(i) for i in range(3)]
    by_others = [decision(100 + i, model_version=f"{i}-other", model_sha256=f"{i:064}") for i in range(20)]
    log.append([*by_one, *by_others])
    page = text(tmp_path)
    assert "Versions of the model that decided: 4-160f53eb (3), 0-other (1), " in page
    assert "6-other (1), 13 more (13)." in page
    assert "6-otherothers" in page  # the table's last heading
    assert "all31111111" + "13" in page
