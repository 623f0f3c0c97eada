"""A relationship manager at the dashboard's client page, in a real browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, expect

from dashboard.client_page import TABS
from dashboard.words import CHOICES, Words, words
from tests.dashboards import settle

PATIENCE = 30_000  # ms
DESK, PHONE = {"width": 1280, "height": 720}, {"width": 390, "height": 844}


@dataclass(slots=True)
class Desk:
    """The page, the words it is to speak in, what it asked for, and what the browser didn't like."""

    page: Page
    address: str
    words: Words
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str = "/", language: str = "fr") -> None:
        """Go there, in that language."""
        self.words = words(language)
        self.page.goto(f"{self.address}{path}?lang={language}")
        expect(self.page.locator("html")).to_have_attribute("lang", language)
        settle(self.page)

    def speak(self, language: str) -> None:
        """Switch the language."""
        self.page.get_by_text(CHOICES[language], exact=True).click()
        self.words = words(language)
        expect(self.page.locator("html")).to_have_attribute("lang", language)
        settle(self.page)

    def choose(self, number: int) -> None:
        """Choose a client by the number and wait for all of the page."""
        with self.another(self.verdict()):
            self.pick(self.client_box(), str(number))

    @contextmanager
    def another(self, verdict: Locator) -> Iterator[None]:
        """After the block, wait for another verdict than before it, if there was any, and for all of the page."""
        scale = verdict.locator(".scale")
        # In one look: the one that is there may go at any moment.
        said = scale.evaluate_all("scales => scales.length ? scales[0].getAttribute('aria-label') : ''")
        yield
        expect(scale.first).not_to_have_attribute("aria-label", said)
        settle(self.page)

    def client_box(self) -> Locator:
        """Where a client is chosen."""
        return self.page.get_by_role("combobox", name=self.words("choice.client"))

    def tab(self, name: str) -> Locator:
        """Open one of the client page's tabs, and give what is in it."""
        tab = self.page.get_by_role("tab", name=self.words(f"client.{name}"), exact=True)
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        settle(self.page)
        return self.page.get_by_role("tabpanel").filter(visible=True)

    def pick(self, box: Locator, option: str) -> None:
        """Type enough of an option into a box that has it, and take it."""
        box.click()
        box.fill(option)
        box.press("Enter")

    def page_link(self, name: str) -> None:
        """Go to another of the pages by its link."""
        self.page.get_by_role("link", name=self.words(f"page.{name}"), exact=True).click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(self.words(f"page.{name}"))
        settle(self.page)

    def type(self, label: str, text: str) -> None:
        """Type into a field of that label, as somebody does who then goes on by Enter."""
        box = self.page.get_by_label(label, exact=True)
        box.fill(text)
        box.press("Enter")

    def verdict(self) -> Locator:
        """The decision on the file."""
        return self.page.locator("section.verdict:not(.simulation)")

    def simulation(self) -> Locator:
        """What a simulation leads to."""
        return self.page.locator("section.simulation")

    def everything(self, links: bool = True) -> Iterator[str]:
        """Go through all of the pages, with a client and a simulation on the way; gives where it is, each time.

        Without `links` the client page alone: on a phone the links to the others are behind a button.
        """
        self.choose(900001)
        for tab in TABS:
            self.tab(tab)
            if tab == "what_if":
                name = self.words.language.fields["AMT_CREDIT"]
                self.type(f"{name} ({self.words('unit.money')})", "300000")
                expect(self.simulation()).to_be_visible()
            yield tab
        for page in ("model", "batch") if links else ():
            self.page_link(page)
            yield page

    def check(self) -> None:
        """The page asked this machine alone, and nothing went wrong or was forbidden."""
        self.check_asked()
        assert self.complaints == []

    def check_asked(self) -> None:
        """The page asked this machine alone."""
        asked = {urlsplit(url) for url in self.asked}
        assert {url.netloc for url in asked if url.scheme not in ("data", "blob")} == {urlsplit(self.address).netloc}


@contextmanager
def desk(browser: Browser, address: str, viewport: dict[str, int] = DESK) -> Iterator[Desk]:
    """A fresh visitor's browser window before the dashboard at that address."""
    context = browser.new_context(viewport=viewport, accept_downloads=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    opened = Desk(page, address, words("fr"))
    page.on("request", lambda request: opened.asked.append(request.url))
    page.on("console", lambda said: opened.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    yield opened
    context.close()
