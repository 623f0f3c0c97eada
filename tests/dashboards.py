"""The dashboard as somebody starts it: Streamlit on a port of its own, before a service that answers."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

import requests
from playwright.sync_api import Page

from tests.conftest import ROOT
from tests.serving import free_port

AT_REST = '[data-testid="stApp"][data-test-script-state="notRunning"]'
"""The page when nothing of it is being made any more."""


@contextmanager
def dashboard(url: str, key: str) -> Iterator[str]:
    """The address of a dashboard that talks to the API at `url`, until the block ends."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(Path("dashboard", "main.py"))]
    command += ["--server.address", "127.0.0.1", "--server.port", str(port)]
    environment = {**os.environ, "API_URL": url, "API_KEY": key, "PYTHONPATH": str(ROOT)}
    with TemporaryFile() as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
        try:
            if not _gets_healthy(f"http://127.0.0.1:{port}", process):
                output.seek(0)
                raise AssertionError(f"the dashboard did not start:\n{output.read().decode()}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def settle(page: Page) -> None:
    """Wait until the page is made."""
    page.locator(AT_REST).wait_for()


def _gets_healthy(address: str, process: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if requests.get(f"{address}/_stcore/health", timeout=1).ok:
                return True
        except requests.RequestException:
            time.sleep(0.1)
    return False
