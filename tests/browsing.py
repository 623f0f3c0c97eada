"""A real browser for tests of pages: Chromium, told to speak to nobody of its own accord."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tests.conftest import skip_unless_required

NAMES = ("chromium", "google-chrome")  # Debian's, and the one on GitHub's runners
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser, closed when the block ends."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        skip_unless_required("there is no chromium (apt-get install chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield started
        started.close()
