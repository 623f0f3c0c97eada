"""All pages as they look and sound: in the visitor's language, for any eye and none, on any width, from this machine alone."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from scoring.fields import BY_NAME
from scoring.inputs import LOCAL_MEANS, RATIOS
from tests.dashboards import dashboard
from tests.desk import DESK, PHONE, Desk, desk
from tests.serving import KEY, serving

COLUMNS = {*BY_NAME, *(ratio[0] for ratio in RATIOS), *(mean[0] for mean in LOCAL_MEANS)}
SAME_IN_BOTH = {"Prêt à dépenser", "Français", "English", "Langue / Language", "Client", "• CSV, JSON", "• JSON, CSV"}
"""What French and English have in common, and the languages' own names."""

_SAID = """() => {
  const shown = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!["SCRIPT", "STYLE", "NOSCRIPT"].includes(parent.tagName) && !parent.closest('[data-testid="stIconMaterial"]')) {
      shown.push(node.nodeValue);
    }
  }
  for (const element of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]")) {
    for (const name of ["aria-label", "title", "placeholder", "alt"]) shown.push(element.getAttribute(name) ?? "");
  }
  return [...shown, document.title];
}"""
"""All that the page says: its texts, those behind closed tabs too, and what is read to those who don't see it."""

_WIDTHS = """() => [document.querySelector('[data-testid="stMain"]').scrollWidth, window.innerWidth]"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("server")) as server, dashboard(server.url, KEY) as started:
        yield started


def said(visitor: Desk) -> set[str]:
    """The pages' texts with a letter in them."""
    texts: list[str] = visitor.page.evaluate(_SAID)
    return {text.strip() for text in texts if re.search(r"[^\W\d_]{3}", text)}


def violations(visitor: Desk) -> Iterator[str]:
    """What axe-core finds that keeps people from using the page."""
    found: list[dict[str, Any]] = Axe().run(visitor.page).response["violations"]
    for violation in found:
        if violation["impact"] in ("serious", "critical"):
            yield from (f"{violation['id']}: {node['html'][:200]}" for node in violation["nodes"])


def test_no_page_says_anything_untranslated_or_in_the_programs_own_names(browser: Browser, address: str) -> None:
    texts: dict[str, dict[str, set[str]]] = {}
    for language in ("fr", "en"):
        with desk(browser, address) as visitor:
            visitor.open(language=language)
            texts[language] = {"start": said(visitor)} | {place: said(visitor) for place in visitor.everything()}
            visitor.check()
    untranslated = {place: french & texts["en"][place] - SAME_IN_BOTH for place, french in texts["fr"].items()}
    assert {place: left for place, left in untranslated.items() if left} == {}
    everything = {text for of_language in texts.values() for of_page in of_language.values() for text in of_page}
    assert [
        text for text in everything if COLUMNS & set(re.findall(r"\w+", text)) or re.search(r"\w_\w|Traceback|Error\b", text)
    ] == []


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_no_page_keeps_anybody_out_or_is_wider_than_the_screen(browser: Browser, address: str, viewport: dict[str, int]) -> None:
    with desk(browser, address, viewport) as visitor:
        visitor.open()
        assert list(violations(visitor)) == []
        for place in visitor.everything(links=viewport is DESK):
            assert list(violations(visitor)) == [], place
            inner, outer = visitor.page.evaluate(_WIDTHS)
            assert inner <= outer, place
        visitor.check()


def test_the_language_follows_the_visitor_from_page_to_page_and_over_a_reload(browser: Browser, address: str) -> None:
    with desk(browser, address) as visitor:
        visitor.open(language="fr")
        visitor.choose(900001)
        visitor.speak("en")
        visitor.page.get_by_text("Credit refused").wait_for()
        visitor.page.get_by_role("link", name="What matters").click()
        visitor.page.get_by_text("Where the threshold lies").wait_for()
        visitor.page.reload()
        visitor.page.get_by_text("Where the threshold lies").wait_for()
        visitor.check_asked()  # a page that is opened by its own address looks for Streamlit below it, in vain, before above
