"""The monitoring page: the command's figures on logs small enough to check by hand, and what may not stand on it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from jobs import monitor
from model import Scorer
from scoring.decision_log.entries import SIMULATION, Entry, Outcome, Review
from scoring.decision_log.log import SqlLog
from scoring.decision_log.purging import purge
from scoring.decision_log.spool import Spool
from tests.conftest import ROOT, demo_clients
from tests.databases import upgraded
from tests.test_monitor_access_log import SEVEN, written
from tests.written_logs import entries, failed

DAYS = [f"2024-11-{day:02}T12:00:00.000+00:00" for day in range(2, 8)]
PDS = (0.02, 0.05, 0.2, 0.5)
LEAST_TELLING = 7
"""Characters of a value that occurs in a record and nowhere else."""


class SmallLog:
    """Nine decisions of six days, and a simulation on the last: of another model on the first day, then of the released one.

    One of those is purged; of the seven left, two lack EXT_SOURCE_3, one has 50 children, and one an income that training never
    saw. The last four have the PDs of PDS. The last but one was refused and then granted, and both that were granted have
    outcomes.
    """

    def __init__(self, url: str, folder: Path, scorer: Scorer) -> None:
        self.url, self.database = url, upgraded(url)
        self.clients = self._clients()
        self.log = SqlLog(self.database, Spool(folder / "spool"))
        made = entries(scorer, self.clients)
        days = (0, 1, 2, 2, 3, 4, 4, 5, 5)
        self.entries = [changed(one, time=DAYS[day]) for one, day in zip(made, days, strict=True)]
        self.entries[0] = changed(self.entries[0], model_version="2-7ed5e81c", model_sha256="7" * 64)
        for place, probability in enumerate(PDS, 5):
            decision = "refused" if probability > 1 / 11 else "granted"
            self.entries[place] = changed(self.entries[place], probability=probability, decision=decision)
        self.log.append(self.entries)
        self.log.append(entries(scorer, self.clients[:1], DAYS[5], purpose=SIMULATION))
        purge(self.database, DAYS[2])
        self.log.review(self.entries[7].decision_id, Review("Agatha Reviewer", "granted", "an old acquaintance"), "key 1")
        for place, outcome in ((5, "repaid"), (6, "defaulted")):
            self.log.record_outcomes([Outcome(self.entries[place].decision_id, outcome, "2024-12-24")], "key 1")

    def _clients(self) -> list[dict[str, Any]]:
        known = [client for client in demo_clients() if client["EXT_SOURCE_3"] is not None][:9]
        for place in (2, 3):
            known[place] |= {"EXT_SOURCE_3": None}
        known[4] |= {"CNT_CHILDREN": 50}
        known[5] |= {"NAME_INCOME_TYPE": "Maternity leave"}
        return known


def changed(one: Entry, **changes: Any) -> Entry:
    import msgspec

    return msgspec.structs.replace(one, **changes)


@pytest.fixture
def small(database_url: str, tmp_path: Path, scorer: Scorer, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallLog]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    made = SmallLog(database_url, tmp_path, scorer)
    yield made
    made.database.close()


@pytest.fixture
def on_sqlite(tmp_path: Path, scorer: Scorer, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallLog]:
    url = f"sqlite:///{tmp_path / 'decisions.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    made = SmallLog(url, tmp_path, scorer)
    yield made
    made.database.close()


def run(folder: Path, *arguments: str, since: str = "2024-11-01") -> tuple[dict[str, Any], str]:
    """The command's figures and its page, as a person runs it."""
    command = [sys.executable, "-m", "jobs.monitor", "--since", since, "--html", str(folder / "page.html")]
    command += ["--json", str(folder / "page.json"), *arguments]
    done = subprocess.run(command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads((folder / "page.json").read_text()), (folder / "page.html").read_text(encoding="utf-8")


def made(folder: Path, *arguments: str, since: str = "2024-11-01") -> tuple[dict[str, Any], str]:
    """The same without a process of its own."""
    html, summary = folder / "page.html", folder / "page.json"
    assert monitor.main(["--since", since, "--html", str(html), "--json", str(summary), *arguments]) == 0
    return json.loads(summary.read_text()), html.read_text(encoding="utf-8")


class Page(HTMLParser):
    """What a browser would fetch, the pictures' words, and the text, without tags."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.pictures: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.fetched += [value or "" for name, value in attrs if name in {"src", "href", "srcset", "action", "data", "poster"}]
        if tag == "img":
            self.pictures.append(given.get("alt") or "")

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_command_tells_what_the_service_did_and_what_that_is_expected_to_cost(small: SmallLog, tmp_path: Path) -> None:
    found, page = run(tmp_path)
    assert found["log"] == {
        "since": "2024-11-01T00:00:00.000+00:00",
        "until": None,
        "first": "2024-11-02T12:00:00.000",
        "last": "2024-11-07T12:00:00.000",
        "decisions": 9,
        "simulations_left_out": 1,
        "unit": "day",
    }
    days = found["service"]["periods"]
    assert [day["decisions"] for day in days] == [1, 1, 2, 1, 2, 2]
    assert found["service"]["whole"]["versions"] == {"2-7ed5e81c": 1, "4-160f53eb": 8}
    assert found["service"]["reviews"]["refused_then_granted"]["decisions"] == 1
    fifth, sixth = found["expected"]["periods"][4:]
    assert (fifth["granted"], fifth["default_rate"]["value"]) == (2, pytest.approx(0.035))
    assert fifth["cost"]["value"] == pytest.approx((10 * 0.02 + 10 * 0.05) / 2)
    assert (sixth["granted"], sixth["default_rate"]) == (0, None)
    assert sixth["cost"]["value"] == pytest.approx((0.8 + 0.5) / 2)
    whole = found["outcomes"]["whole"]
    assert (whole["outcomes"], whole["defaulted"], whole["realised"], whole["last_known"]) == (2, 1, None, "2024-12-24")
    text = Page(page).text
    assert "The service made 9 decisions" in text
    assert "1 simulation left out. The last decision is of 2024-11-07 12:00." in text
    assert "Outcomes are known of 2 decisions: too few to say what they cost (fewer than 100)." in text


def test_what_came_in_is_what_predict_said_of_the_records_that_are_left(small: SmallLog, scorer: Scorer, tmp_path: Path) -> None:
    found, page = made(tmp_path)
    received = found["received"]
    assert (received["decisions"], received["sampled"], received["purged"], received["unreadable"]) == (8, 8, 1, 0)
    assert [day["records"] for day in received["periods"]] == [0, 0, 2, 1, 2, 2]
    fields = {one["field"]: one for one in received["fields"]}
    assert list(fields)[:2] == ["EXT_SOURCE_3", "EXT_SOURCE_2"]
    assert fields["EXT_SOURCE_3"]["unknown"] == pytest.approx(2 / 7)
    assert fields["EXT_SOURCE_3"]["unknown_by_period"] == [None, None, 1.0, 0.0, 0.0, 0.0]
    assert fields["EXT_SOURCE_3"]["unknown_in_training"] == pytest.approx(0.2, abs=0.01)
    assert fields["CNT_CHILDREN"]["unusual_by_period"] == [None, None, 0.0, 1.0, 0.0, 0.0]
    assert fields["NAME_INCOME_TYPE"]["unusual"] == pytest.approx(1 / 7)
    assert fields["NAME_INCOME_TYPE"]["unknown"] == 0.0
    # A pensioner's record says that he has no job: that is no gap, in training as here.
    assert fields["DAYS_EMPLOYED"]["unknown_in_training"] < 0.01
    text = Page(page).text
    assert f"Of 8 decisions of model {scorer.model_version}, all of them; other versions' 1 aren't looked at here" in text
    assert "Records looked at: 7; purged and left out: 1." in text


def test_the_page_asks_no_other_place_for_anything_and_its_pictures_have_words(on_sqlite: SmallLog, tmp_path: Path) -> None:
    _, page = made(tmp_path, "--access-log", str(written(tmp_path / "service.log", SEVEN)))
    found = Page(page)
    assert [value for value in found.fetched if not value.startswith(("#", "data:image/png;base64,"))] == []
    without_pictures = re.sub(r"base64,[A-Za-z0-9+/=]+", "", page)
    assert not re.search(r"//|url\(|@import|<script|<link|<iframe", without_pictures)
    assert "default-src 'none'" in page
    assert len(found.pictures) == 7
    assert all(len(words) > 40 for words in found.pictures)
    assert len(page.encode()) < 2_000_000


def test_nobody_is_on_the_page_or_among_its_figures(on_sqlite: SmallLog, tmp_path: Path) -> None:
    found, page = made(tmp_path)
    said = json.dumps(found) + re.sub(r"base64,[A-Za-z0-9+/=]+", "", page)
    values = {str(value) for client in on_sqlite.clients for value in client.values() if isinstance(value, int | float)}
    telling = {value for value in values if len(value) >= LEAST_TELLING}
    assert len(telling) > 50
    assert not [value for value in telling if value in said]
    assert not [client["SK_ID_CURR"] for client in on_sqlite.clients if str(client["SK_ID_CURR"]) in said]
    ids = [value for one in on_sqlite.entries for value in (one.decision_id, one.request_id)]
    assert not [value for value in (*ids, "Agatha", "acquaintance", "key 1", "Maternity") if value in said]


def test_requests_that_came_to_no_decision_are_told_where_the_access_log_is_given(on_sqlite: SmallLog, tmp_path: Path) -> None:
    found, page = made(tmp_path)
    assert found["requests"] is None
    assert "give it with --access-log FILE" in Page(page).text
    found, page = made(tmp_path, "--access-log", str(written(tmp_path / "service.log", ("no JSON", *SEVEN))), since="2024-11-02")
    assert [day["requests"] for day in found["requests"]["periods"]] == [3, 0, 2, 1, 0, 0]
    assert found["requests"]["whole"]["errors"] == {"400": 1, "404": 1, "422": 1, "503": 1}
    assert "The access log has 6 requests of that time; answered with an error: 4, by status: 400 (1)" in Page(page).text
    assert "Lines of it that aren't the service's own: 1." in Page(page).text
    assert "The access log has 6 requests; the service failed in 1 of them (5xx)." in Page(page).text


def test_outcomes_stand_beside_what_was_expected_of_the_same_clients(on_sqlite: SmallLog, scorer: Scorer, tmp_path: Path) -> None:
    """200 clients at 2% of whom 10 defaulted, and 200 at 5% of whom 20 did."""
    one = entries(scorer, on_sqlite.clients[:1], "2024-10-05T12:00:00.000+00:00")[0]
    for probability, defaults in ((0.02, 10), (0.05, 20)):
        alike = [
            changed(one, decision_id=f"{probability:0<4}{i:032}", probability=probability, decision="granted") for i in range(200)
        ]
        on_sqlite.log.append(alike)
        ends = ["defaulted"] * defaults + ["repaid"] * (200 - defaults)
        told = [Outcome(loan.decision_id, end, "2024-12-24") for loan, end in zip(alike, ends, strict=True)]
        on_sqlite.log.record_outcomes(told, "key 1")
    found, page = made(tmp_path, since="2024-10-01")
    october, november = found["outcomes"]["cohorts"]
    assert (october["cohort"], october["outcomes"], october["realised"]["defaults"]) == ("2024-10", 400, 30)
    assert october["realised"]["default_rate"]["value"] == pytest.approx(30 / 400)
    assert october["realised"]["cost"]["value"] == pytest.approx(10 * 30 / 400)
    assert october["realised"]["expected"]["cost"]["value"] == pytest.approx(10 * (200 * 0.02 + 200 * 0.05) / 400)
    assert october["realised"]["ratio"]["value"] == pytest.approx(30 / 14)
    assert october["realised"]["as_expected"] == {"default_rate": False, "cost": False}
    assert (november["realised"], november["threshold"]["verdict"]) == (None, "too few")
    text = Page(page).text
    assert re.search(r"Outcomes are known of 402 decisions, [\d.]+% of those granted in the end: 7\.7% \(", text)
    assert "more than expected." in text
    assert re.search(r"On the threshold: outcomes now ask for a threshold of [\d.]+% \([\d.]+% to [\d.]+%\); 9\.1% is", text)


def test_words_from_the_log_are_words_on_the_page(on_sqlite: SmallLog, tmp_path: Path) -> None:
    on_sqlite.log.append([changed(on_sqlite.entries[1], decision_id="0" * 36, model_version="<script>$x_{</script>")])
    _, page = made(tmp_path)
    assert "<script>" not in page
    assert "<script>$x_{</script>" in Page(page).text


def test_until_ends_the_time_and_the_page_says_so(on_sqlite: SmallLog, tmp_path: Path) -> None:
    found, page = made(tmp_path, "--until", "2024-11-04")
    assert (found["log"]["decisions"], found["log"]["simulations_left_out"]) == (2, 0)
    assert "from 2024-11-01 00:00 to 2024-11-04 00:00" in Page(page).text
    assert "What came in can't be told: no record of the model's decisions is left." in Page(page).text


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--since", "2024-11-31"], "error: --since '2024-11-31' is no date and no time"),
        (["--since", "2024-11-05", "--until", "2024-11-05"], "error: --until 2024-11-05 isn't after --since 2024-11-05"),
        (
            ["--since", "2024-11-08"],
            "error: the decision log has nothing from 2024-11-08T00:00:00.000+00:00: its decisions are from",
        ),
        (
            ["--since", "2024-11-01", "--until", "2024-11-03"],
            "error: none of these decisions was made by model 4-160f53eb: they are of 2-7ed5e81c (1 decisions); "
            "choose one with --model models/releases/NAME, or another --since",
        ),
        (["--since", "2024-11-01", "--model", "nowhere"], "error: {folder}nowhere/model.json can't be read"),
        (["--since", "2024-11-01", "--access-log", "{out}/notes.txt"], "error: --access-log {out}/notes.txt has no line of this"),
        (["--since", "2024-11-01", "--json", "{out}/page.html"], "error: --json {out}/page.html is --html's file, too"),
        (["--since", "2024-11-01", "--json", "{out}/../out/page.html"], "error: --json {out}/../out/page.html is --html's file"),
        (
            ["--since", "2024-11-01", "--json", "{out}/notes.txt", "--access-log", "{out}/notes.txt"],
            "error: --access-log {out}/notes.txt is --json's file, too: name another",
        ),
        (["--since", "2024-11-01", "--json", "{out}/no/page.json"], "error: {out}/no/page.json can't be written: No such file"),
        ([], "error: the following arguments are required: --since"),
    ],
)
def test_what_is_asked_for_wrongly_is_one_line_and_leaves_no_file(
    on_sqlite: SmallLog, tmp_path: Path, arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "notes.txt").write_text("not a log\n")
    asked = [argument.format(out=out) for argument in arguments]
    assert monitor.main([*asked, "--html", str(out / "page.html")]) == 2
    assert failed(capsys).startswith(complaint.format(out=out, folder=f"{ROOT}/"))
    assert [path.name for path in out.iterdir()] == ["notes.txt"]


def test_a_link_is_not_replaced_by_a_file(on_sqlite: SmallLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "elsewhere").write_text("not to be lost")
    link = tmp_path / "page.html"
    link.symlink_to("elsewhere")
    assert monitor.main(["--since", "2024-11-01", "--html", str(link)]) == 2
    assert failed(capsys) == f"error: {link} is there and can't be replaced: name another file"
    assert (link.is_symlink(), link.read_text()) == (True, "not to be lost")


def test_a_log_that_is_not_there_is_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'decisions.db'}")
    assert monitor.main(["--since", "2024-11-01", "--html", str(tmp_path / "page.html")]) == 2
    assert failed(capsys).startswith(f"error: there is no decision log at {tmp_path / 'decisions.db'}")
    assert list(tmp_path.iterdir()) == []
