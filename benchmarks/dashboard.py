"""The dashboard's pages as pictures, and how soon they are there: python -m benchmarks.dashboard [--out DIR] [--document FILE].

A service and a dashboard are started for it, and Chromium goes through all pages with the demo clients. --out gets a picture of
each page in both languages and widths; --document the times between its two lines <!-- dashboard -->.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from jobs import command
from jobs.document import fill
from scoring.files import make_folder
from scoring.markdown import table
from tests.browsing import chromium
from tests.conftest import ROOT, demo_clients
from tests.dashboards import dashboard
from tests.desk import DESK, PHONE, Desk, desk
from tests.serving import KEY, serving

MARK = "<!-- dashboard -->"
CLIENTS = 40
CREDITS = (200_000, 600_000) * 10  # amounts typed in turn, far enough apart for another PD each time
WIDTHS = {"desk": DESK, "phone": PHONE}
TALL = 1_600  # pixels that a picture of a page has at most


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for the pictures")
    parser.add_argument(
        "--document", type=Path, metavar="FILE", help="document to write the times into, instead of printing them"
    )
    return command.run(_measure, parser, argv)


def _measure(arguments: argparse.Namespace) -> None:
    with (
        TemporaryDirectory(prefix="dashboard-") as folder,
        serving(Path(folder)) as server,
        dashboard(server.url, KEY) as address,
        chromium() as browser,
    ):
        if arguments.out:
            _take_pictures(browser, address, arguments.out)
        fill(arguments.document, MARK, lambda: measured(browser, address), "how soon pages are there")


def _take_pictures(browser: Browser, address: str, out: Path) -> None:
    make_folder(out)
    for width, viewport in WIDTHS.items():
        for language in ("fr", "en"):
            with desk(browser, address, {**viewport, "height": TALL}) as visitor:
                visitor.open(language=language)
                for place in visitor.everything(links=width == "desk"):
                    if place == "batch":
                        _decide_demo_clients(visitor)
                    visitor.page.wait_for_timeout(500)  # what moves comes to rest
                    _take_picture(visitor.page, out / f"{place}-{language}-{width}.png")
    print(f"wrote the pictures into {out}")


def _take_picture(page: Page, file: Path) -> None:
    """Of what the page holds, without the empty space below."""
    box = page.get_by_test_id("stMainBlockContainer").bounding_box()
    size = page.viewport_size
    if box and size:
        height = min(box["y"] + box["height"], size["height"])
        page.screenshot(path=file, clip={"x": 0, "y": 0, "width": size["width"], "height": height})
        with Image.open(file) as picture:
            few = picture.convert("RGB").quantize(128, dither=Image.Dither.NONE)  # a third of the bytes, and looks the same
        few.save(file, optimize=True)


def _decide_demo_clients(visitor: Desk) -> None:
    page = visitor.page
    page.locator("input[type=file]").set_input_files(ROOT / "data" / "demo_clients.json")
    page.get_by_role("button", name=visitor.words("batch.begin")).click()
    expect(page.get_by_text(visitor.words("batch.finished"))).to_be_visible()


def measured(browser: Browser, address: str) -> str:
    """Times as Markdown."""
    numbers = [client["SK_ID_CURR"] for client in demo_clients()[1 : CLIENTS + 1]]
    with desk(browser, address) as visitor:
        visitor.open()
        visitor.choose(900001)
        rows = [
            ("a client is chosen: decision and all tabs are there", _seconds(numbers, visitor.choose)),
            ("an amount is typed: the simulated decision is there", _seconds(CREDITS, lambda credit: _simulate(visitor, credit))),
        ]
    cells = [(name, str(len(each)), f"{median(each):.2f} s", f"{quantiles(each, n=20)[-1]:.2f} s") for name, each in rows]
    said = f"Chromium, dashboard and service (two workers) on one machine of {os.cpu_count()} cores, one visitor:"
    return "\n".join([said, "", *table(("what", "times", "p50", "p95"), cells)]) + "\n"


def _seconds(each: Sequence[int], do: Callable[[int], None]) -> list[float]:
    seconds = []
    for one in each:
        begun = time.perf_counter()
        do(one)
        seconds.append(time.perf_counter() - begun)
    return seconds


def _simulate(visitor: Desk, credit: int) -> None:
    """Type an amount and wait for what it leads to."""
    if credit == CREDITS[0]:
        visitor.tab("what_if")
    with visitor.another(visitor.simulation()):
        visitor.type(f"{visitor.words.language.fields['AMT_CREDIT']} ({visitor.words('unit.money')})", str(credit))


if __name__ == "__main__":
    sys.exit(main())
