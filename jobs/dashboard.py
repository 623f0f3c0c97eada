"""Show the dashboard on this machine: start the API if none answers, then the pages.

Run it from the project's root; `make dashboard` does. It asks API_URL, by default http://127.0.0.1:$PORT (8000), whether an API
is there. One that is, is used, with the first key of API_KEY, and stays. Where none is and API_URL is not set, it starts one as
`make serve` does. Then it starts the pages on 127.0.0.1:$DASHBOARD_PORT (8501), and stays until Ctrl-C ends what it started.
Values in the environment win over those in .env. Exit codes: 0 stopped by Ctrl-C or SIGTERM, 2 it can't be started, or what it
started ended by itself.
"""

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from jobs import command
from jobs.servers import (
    HOST,
    Running,
    end_with_the_terminal,
    ended_by_itself,
    free_port,
    port_of,
    running,
    status_of,
    wait_until_answers,
)
from jobs.service_process import PORT, procfile_commands, read, service, settings_with_key, stored_settings
from scoring.errors import SettingError
from scoring.settings import first_key

PAGES = Path("dashboard") / "main.py"
PAGES_PORT = 8501
ANSWER_SECONDS = 10.0  # an API that waits for its database
END_SECONDS = 5.0  # what pages still ask is lost: whoever ends them sees no answer


@dataclass(frozen=True, slots=True)
class Api:
    """The API that the pages ask: its address, the key, what to say of it, and its process if we started it."""

    url: str
    key: str
    remark: str
    started: tuple[Running, ...] = ()


def main(argv: Sequence[str] | None = None) -> int:
    return command.run(_dashboard, command.Parser(__doc__), argv)


def _dashboard(_: argparse.Namespace) -> int:
    root = Path.cwd()
    read(root / PAGES)
    settings = stored_settings(root / ".env", os.environ)
    port = free_port(settings, "DASHBOARD_PORT", PAGES_PORT, "dashboard")
    end_with_the_terminal()
    try:
        with _api(root, settings) as api, _pages(root, port, api) as pages:
            print(f"\nThe dashboard: http://{HOST}:{port} until Ctrl-C")
            print(f"It asks the API at {api.url}, {api.remark}\n", flush=True)
            raise ended_by_itself(pages, *api.started)
    except KeyboardInterrupt:
        return command.DONE


@contextmanager
def _api(root: Path, settings: Mapping[str, str]) -> Iterator[Api]:
    """The one that answers, or one that ends with the block."""
    given = settings.get("API_URL")
    url = given or f"http://{HOST}:{port_of(settings, 'PORT', PORT)}"
    if given and not given.startswith(("http://", "https://")):
        raise SettingError(f"API_URL={given} is not an address: one is like http://{HOST}:{PORT}")
    answer = _readiness(url)
    if answer is not None and _is_ours(*answer):
        if not (key := first_key(settings)):
            raise SettingError(f"an API answers at {url}, but API_KEY is not set: set it, here or in .env, to a key of that API")
        ready = answer[0] == HTTPStatus.OK
        yield Api(url, key, "which was running already" if ready else "which can't decide now: its own log says why")
    elif given:
        found = "nothing answers" if answer is None else "what answers is not this API"
        raise SettingError(
            f"API_URL={given}: {found}; start the API there, or take API_URL away, here and in .env, to have one started"
        )
    else:
        commands = procfile_commands(root / "Procfile")
        port = free_port(settings, "PORT", PORT, "dashboard")
        with_key = settings_with_key(root / ".env", os.environ)
        with service(root, commands, with_key, port) as server:
            yield Api(url, first_key(with_key), "which was started with it and ends with it", (server,))


def _readiness(url: str) -> tuple[int, object] | None:
    """The status and the JSON with which a server answers whether it is ready; None where none answers."""
    import requests

    address, proxies = f"{url.rstrip('/')}/health/ready", {"no_proxy": _unproxied()}
    try:
        answer = requests.get(address, timeout=ANSWER_SECONDS, proxies=proxies, allow_redirects=False)
    except (requests.RequestException, ValueError):  # the latter where a host's name can't be one
        return None
    try:
        return answer.status_code, answer.json()
    except ValueError:
        return answer.status_code, None


def _is_ours(status: int, body: object) -> bool:
    """Whether the API answered: a proxy says 503 too, and anybody 200."""
    named: dict[int, str] = {HTTPStatus.OK: "status", HTTPStatus.SERVICE_UNAVAILABLE: "error"}
    return isinstance(body, dict) and named.get(status) in body


@contextmanager
def _pages(root: Path, port: int, api: Api) -> Iterator[Running]:
    words = [sys.executable, "-m", "streamlit", "run", str(PAGES), "--server.address", HOST, "--server.port", str(port)]
    quiet = ["--logger.hideWelcomeMessage", "true", "--logger.level", "warning"]  # we say where they are
    # Everyone on the machine sees a process's arguments; its environment only its owner.
    environment = {**os.environ, "API_URL": api.url, "API_KEY": api.key, "no_proxy": _unproxied()}
    with running("the dashboard", [*words, *quiet], root, environment, END_SECONDS) as pages:
        wait_until_answers(pages, lambda: status_of(port, "/_stcore/health") == HTTPStatus.OK)
        yield pages


def _unproxied() -> str:
    """The hosts that are asked directly, this machine's own address among them, which no proxy knows."""
    known = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    return ",".join(filter(None, [known, HOST]))


if __name__ == "__main__":
    sys.exit(main())
