"""The client page in a real browser, before a real service: a decision, its reasons, what would change it, and a review."""

import json
import re
import statistics
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, expect

from dashboard.words import words
from tests.conftest import demo_clients
from tests.dashboards import dashboard, settle
from tests.desk import Desk, desk
from tests.serving import KEY, Server, serving

CLIENT = demo_clients()[0]
NUMBER: int = CLIENT["SK_ID_CURR"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture(scope="module")
def address(server: Server) -> Iterator[str]:
    with dashboard(server.url, KEY) as started:
        yield started


@pytest.fixture
def visitor(browser: Browser, address: str) -> Iterator[Desk]:
    with desk(browser, address) as opened:
        opened.open()
        yield opened
        opened.check()


def ask(server: Server, path: str, record: dict[str, Any]) -> dict[str, Any]:
    """What the service answers, as a simulation."""
    headers = {"x-api-key": KEY, "x-purpose": "simulation"}
    answer: dict[str, Any] = requests.post(server.url + path, json=record, headers=headers, timeout=10).json()
    return answer


def drop(visitor: Desk, folder: Path, records: list[dict[str, Any]]) -> None:
    """Drop a file of these clients, always of the same name."""
    (folder / "clients.json").write_text(json.dumps(records))
    popover = visitor.page.get_by_role("button", name=visitor.words("choice.other"))
    popover.click()
    visitor.page.locator("input[type=file]").set_input_files(folder / "clients.json")
    expect(visitor.page.get_by_text(visitor.words("choice.of_file", name="clients.json", clients=len(records)))).to_be_visible()
    visitor.page.keyboard.press("Escape")
    settle(visitor.page)


def percent(probability: float, language: str) -> str:
    return words(language).language.probability(probability)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_client_who_is_chosen_has_the_services_decision_and_all_its_reasons(
    visitor: Desk, server: Server, language: str
) -> None:
    visitor.open(language=language)
    visitor.choose(NUMBER)
    said = ask(server, "/explain", CLIENT)
    expect(visitor.verdict()).to_contain_text(visitor.words(f"verdict.{said['decision']}"))
    expect(visitor.verdict()).to_contain_text(percent(said["probability"], language))
    why = visitor.tab("why")
    for reason in (*said["reasons"]["against"], *said["reasons"]["in_favour"], *said["unknown"], said["recourse"]):
        expect(why).to_contain_text(reason[language])


def test_a_changed_amount_changes_the_pd_as_predict_says(visitor: Desk, server: Server) -> None:
    visitor.choose(NUMBER)
    visitor.tab("what_if")
    visitor.type("Montant du crédit (€)", "300000")
    changed = {**CLIENT, "AMT_CREDIT": 300_000.0, "AMT_ANNUITY": round(300_000 * CLIENT["AMT_ANNUITY"] / CLIENT["AMT_CREDIT"], 2)}
    after, before = ask(server, "/predict", changed), ask(server, "/predict", CLIENT)
    assert after["probability"] != before["probability"]
    expect(visitor.simulation()).to_contain_text(percent(after["probability"], "fr"))
    expect(visitor.simulation()).to_contain_text(percent(before["probability"], "fr"))
    expect(visitor.verdict()).to_contain_text(percent(before["probability"], "fr"))  # the decision stays what it was
    assert json.loads(server.logged("record")[-3])["AMT_CREDIT"] == 300_000
    assert server.logged("purpose")[-3] == "simulation"


def test_any_other_element_can_be_changed_and_all_of_it_taken_back(visitor: Desk, server: Server) -> None:
    visitor.choose(NUMBER)
    panel = visitor.tab("what_if")
    picked = panel.get_by_role("combobox", name=visitor.words("what_if.others"))
    visitor.pick(picked, "Diplôme")
    picked.press("Escape")
    education = panel.get_by_role("combobox", name="Diplôme")
    expect(education).to_be_visible()
    settle(visitor.page)
    visitor.pick(education, "diplôme universitaire supérieur")
    after = ask(server, "/predict", {**CLIENT, "NAME_EDUCATION_TYPE": "Academic degree"})
    expect(visitor.simulation()).to_contain_text(percent(after["probability"], "fr"))
    panel.get_by_role("button", name=visitor.words("what_if.reset")).click()
    expect(panel).to_contain_text(visitor.words("what_if.nothing_changed"))


def test_a_click_elsewhere_while_a_value_is_half_typed_loses_neither(visitor: Desk) -> None:
    visitor.choose(NUMBER)
    visitor.tab("what_if")
    amount = visitor.page.get_by_label("Montant du crédit (€)")
    amount.fill("310000")
    visitor.tab("why")
    visitor.tab("what_if")
    expect(amount).to_have_value("310000")
    amount.fill("300000")
    visitor.page.get_by_text("English", exact=True).click()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Client file")
    expect(visitor.page.get_by_label("Loan amount (€)")).to_have_value("300000")
    expect(visitor.simulation()).to_contain_text("Simulation only")


def test_whatever_was_chosen_and_typed_stays_and_works_in_the_other_language(visitor: Desk, server: Server) -> None:
    client = demo_clients()[4]
    stands = ask(server, "/predict", client)["decision"]  # the other one is what the form proposes
    visitor.choose(client["SK_ID_CURR"])
    panel = visitor.tab("what_if")
    others = panel.get_by_role("combobox", name=visitor.words("what_if.others"))
    visitor.pick(others, "Diplôme")
    others.press("Escape")
    visitor.pick(panel.get_by_role("combobox", name="Diplôme"), "diplôme universitaire supérieur")
    visitor.pick(visitor.tab("compare").get_by_role("combobox", name=visitor.words("compare.field")), "Revenu")
    settle(visitor.page)
    panel = visitor.tab("review")
    panel.get_by_role("radiogroup").get_by_text(visitor.words(f"review.{stands}"), exact=True).click()
    panel.get_by_label(visitor.words("review.reviewer")).fill("Ada Lovelace")
    panel.get_by_label(visitor.words("review.reason")).fill("Half typed")

    visitor.speak("en")
    after = ask(server, "/predict", {**client, "NAME_EDUCATION_TYPE": "Academic degree"})
    visitor.tab("what_if")
    expect(visitor.simulation()).to_contain_text(percent(after["probability"], "en"))
    expect(visitor.tab("compare")).to_contain_text("This client:")
    expect(visitor.page.get_by_role("combobox", name=visitor.words("compare.field"))).to_have_value("Income")
    panel = visitor.tab("review")
    panel.get_by_role("button", name=visitor.words("review.record")).click()
    expect(panel.get_by_role("listitem")).to_contain_text(f"{stands.capitalize()} by Ada Lovelace")
    expect(panel.get_by_role("listitem")).to_contain_text("Half typed")
    expect(visitor.client_box()).to_have_value(re.compile(f"Client no. {client['SK_ID_CURR']}"))


def test_the_tab_that_is_open_stays_open_in_the_other_language_and_for_the_next_client(visitor: Desk) -> None:
    visitor.choose(NUMBER)
    visitor.tab("compare")
    for language in ("en", "fr", "en"):
        visitor.speak(language)
        expect(visitor.page.get_by_role("tab", selected=True)).to_have_text(visitor.words("client.compare"))
    visitor.choose(900002)
    expect(visitor.page.get_by_role("tab", selected=True)).to_have_text(visitor.words("client.compare"))
    visitor.page_link("model")
    visitor.page_link("client")
    expect(visitor.page.get_by_role("tab", selected=True)).to_have_text(visitor.words("client.compare"))


def test_a_repayment_whose_credit_is_not_known_stays_as_the_amount_is_typed(
    visitor: Desk, server: Server, tmp_path: Path
) -> None:
    record = {"SK_ID_CURR": 78, "AMT_ANNUITY": 9_000, "AMT_INCOME_TOTAL": 150_000, "EXT_SOURCE_2": 0.7}
    drop(visitor, tmp_path, [record])
    visitor.choose(78)
    visitor.tab("what_if")
    visitor.type("Montant du crédit (€)", "100000")
    after = ask(server, "/predict", {**record, "AMT_CREDIT": 100_000})
    expect(visitor.simulation()).to_contain_text(percent(after["probability"], "fr"))


def test_the_recourse_can_be_tried_and_turns_the_decision(visitor: Desk, server: Server) -> None:
    visitor.choose(NUMBER)
    recourse = ask(server, "/explain", CLIENT)["recourse"]
    visitor.tab("what_if").get_by_role("button", name=visitor.words("what_if.try_recourse")).click()
    expect(visitor.simulation()).to_contain_text(visitor.words("what_if.turned_granted"))
    expect(visitor.simulation()).to_contain_text(percent(recourse["probability"], "fr"))


def test_what_was_typed_is_there_after_another_page_and_another_client(visitor: Desk) -> None:
    visitor.choose(NUMBER)
    visitor.tab("what_if")
    visitor.type("Montant du crédit (€)", "300000")
    expect(visitor.simulation()).to_be_visible()
    visitor.page_link("model")
    visitor.page_link("client")
    expect(visitor.verdict()).to_be_visible()
    visitor.choose(900002)
    visitor.choose(NUMBER)
    visitor.tab("what_if")
    expect(visitor.page.get_by_label("Montant du crédit (€)")).to_have_value("300000")
    expect(visitor.simulation()).to_be_visible()


def test_a_file_is_decided_once_however_often_it_is_opened(visitor: Desk, server: Server) -> None:
    for _ in range(2):
        visitor.open()
        visitor.choose(900003)
    decided = zip(server.logged("client"), server.logged("purpose"), strict=True)
    assert [purpose for client, purpose in decided if str(client) == "900003"] == ["decision"]


def test_a_review_is_recorded_and_shown_to_whoever_comes_next(visitor: Desk, server: Server) -> None:
    visitor.choose(900004)
    panel = visitor.tab("review")
    expect(panel).to_contain_text(visitor.words("review.none"))
    panel.get_by_role("button", name=visitor.words("review.record")).click()
    expect(panel).to_contain_text(visitor.words("review.reviewer_missing"))
    panel.get_by_label(visitor.words("review.reviewer")).fill("Ada <b>Lovelace</b>")
    panel.get_by_text(visitor.words("review.refused"), exact=True).click()
    panel.get_by_label(visitor.words("review.reason")).fill("Remove the insurance")
    panel.get_by_role("button", name=visitor.words("review.record")).click()
    expect(panel).to_contain_text(visitor.words("review.recorded"))
    expect(panel.get_by_role("listitem")).to_contain_text("Refusé par Ada <b>Lovelace</b>")
    expect(panel.get_by_role("listitem")).to_contain_text("Remove the insurance")  # which Streamlit says, too
    decision_id = server.logged()[[str(client) for client in server.logged("client")].index("900004")]
    answer = requests.get(f"{server.url}/decisions/{decision_id}", headers={"x-api-key": KEY}, timeout=10)
    logged = answer.json()
    assert [(one["reviewer"], one["decision"], one["reason"]) for one in logged["reviews"]] == [
        ("Ada <b>Lovelace</b>", "refused", "Remove the insurance")
    ]
    visitor.open(language="en")
    visitor.choose(900004)
    expect(visitor.tab("review").get_by_role("listitem")).to_contain_text("Remove the insurance")


def test_a_file_that_is_dropped_in_gives_its_clients_to_choose_from(visitor: Desk, server: Server, tmp_path: Path) -> None:
    record = {"SK_ID_CURR": 77, "AMT_CREDIT": 100_000, "AMT_ANNUITY": 9_000, "AMT_INCOME_TOTAL": 150_000, "EXT_SOURCE_2": 0.7}
    drop(visitor, tmp_path, [record])
    visitor.choose(77)
    expect(visitor.verdict()).to_contain_text(percent(ask(server, "/predict", record)["probability"], "fr"))
    visitor.page.get_by_role("button", name=visitor.words("choice.other")).click()
    visitor.page.get_by_role("button", name=visitor.words("choice.back")).click()
    expect(visitor.page.get_by_text("Clients du fichier")).to_have_count(0)
    expect(visitor.verdict()).to_have_count(0)
    visitor.page.keyboard.press("Escape")
    visitor.choose(NUMBER)


def test_nobody_is_decided_of_a_file_of_the_same_name_before_being_chosen(visitor: Desk, server: Server, tmp_path: Path) -> None:
    drop(visitor, tmp_path, [{"SK_ID_CURR": 81, "AMT_INCOME_TOTAL": 150_000}, {"SK_ID_CURR": 82, "AMT_INCOME_TOTAL": 90_000}])
    visitor.choose(81)
    logged = len(server.logged())
    drop(visitor, tmp_path, [{"SK_ID_CURR": 777, "AMT_INCOME_TOTAL": 300_000}])
    expect(visitor.client_box()).to_have_value("")
    expect(visitor.verdict()).to_have_count(0)
    assert len(server.logged()) == logged


def test_a_client_is_compared_with_granted_and_refused_ones_by_any_element(visitor: Desk) -> None:
    visitor.choose(NUMBER)
    panel = visitor.tab("compare")
    expect(panel.locator("canvas, svg").first).to_be_visible()
    visitor.pick(panel.get_by_role("combobox", name=visitor.words("compare.field")), "Diplôme")
    table = panel.get_by_role("table")
    expect(table).to_contain_text("études secondaires")
    expect(table.locator("tr.own")).to_contain_text(visitor.words("compare.this_client"))


def test_a_client_can_be_chosen_and_read_with_the_keyboard_alone(visitor: Desk) -> None:
    keyboard = visitor.page.keyboard
    for _ in range(20):
        keyboard.press("Tab")
        if visitor.client_box().evaluate("element => element === document.activeElement"):
            break
    keyboard.type(str(NUMBER))
    keyboard.press("Enter")
    expect(visitor.verdict()).to_be_visible()
    for _ in range(20):
        keyboard.press("Tab")
        if visitor.page.evaluate("document.activeElement.getAttribute('role')") == "tab":
            break
    keyboard.press("ArrowRight")
    keyboard.press("Enter")
    expect(visitor.page.get_by_role("tab", name=visitor.words("client.what_if"))).to_have_attribute("aria-selected", "true")


def test_how_soon_a_clients_page_is_there(visitor: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """Prints it: from choosing a client until all tabs are made."""
    seconds = []
    for number in range(900010, 900030):
        begun = time.perf_counter()
        visitor.choose(number)
        seconds.append(time.perf_counter() - begun)
        expect(visitor.page.locator("table.bars").first).to_be_visible()
    settle(visitor.page)
    measured = f"{statistics.median(seconds):.2f} s (p50 of {len(seconds)}; slowest {max(seconds):.2f} s)"
    with capsys.disabled():
        print(f"\na client's page is there after {measured}")  # noqa: T201  # a figure to be read in CI's log
