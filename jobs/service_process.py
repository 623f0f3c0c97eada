"""The API as a process on this machine, as the Procfile has it in production: its key, its release command, its server."""

import os
import secrets
import shlex
import subprocess
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

from jobs.servers import HOST, Running, running, status_of, wait_until_answers
from jobs.stored import with_stored
from scoring.errors import CreditScoringError, SettingError

PORT = 8000
"""Where it answers when nobody says otherwise."""


@contextmanager
def service(root: Path, commands: Mapping[str, Sequence[str]], settings: Mapping[str, str], port: int) -> Iterator[Running]:
    """Run the release command, then the server on HOST:`port`: ready for decisions when the block begins, ended with it."""
    environment = _server_environment(settings, port)
    if release := commands.get("release"):
        _run_release(release, root, environment)
    with running("the API", commands["web"], root, environment) as server:
        wait_until_answers(server, lambda: status_of(port, "/health/ready") == HTTPStatus.OK)
        yield server


def procfile_commands(procfile: Path) -> dict[str, list[str]]:
    """The words of each line of the Procfile, by its name; there is a `web`."""
    lines = (line.partition(":") for line in read(procfile).splitlines())
    commands = {name: shlex.split(words) for name, colon, words in lines if colon}
    if "web" not in commands:
        raise SettingError(f"{procfile} has no line that begins with `web:`")
    return commands


def stored_settings(dotenv: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """The environment over the values of a .env file that may be there."""
    if dotenv.exists():
        read(dotenv)  # dotenv's own words on bytes that aren't text are many
    return with_stored(dotenv, environment)


def settings_with_key(dotenv: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """As `stored_settings`, with an API_KEY: a fresh one is added to .env if neither has any."""
    settings = stored_settings(dotenv, environment)
    if "API_KEY" not in settings:
        settings["API_KEY"] = secrets.token_urlsafe(32)
        stored = read(dotenv) if dotenv.exists() else ""
        before = f"{stored.rstrip()}\n" if stored.strip() else ""
        _write_private(dotenv, f"{before}API_KEY={settings['API_KEY']}\n")
        print(f"A fresh API key is in {dotenv.name}")
    return settings


def read(path: Path) -> str:
    """The text of a file of the project."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise SettingError(f"{path} can't be read ({reason}): run this from the project's root") from None


def _run_release(release: Sequence[str], root: Path, environment: Mapping[str, str]) -> None:
    """What a platform runs before a new version serves; its own words say what went wrong."""
    done = subprocess.run(release, cwd=root, env=environment, check=False)  # noqa: S603  # the Procfile is ours
    if done.returncode != 0:
        raise CreditScoringError(f"`{shlex.join(release)}` ended with status {done.returncode}; why stands above")


def _server_environment(settings: Mapping[str, str], port: int) -> dict[str, str]:
    """Settings for the server: this environment's programs first, and no address but this machine's own."""
    return {
        **settings,
        "PATH": os.pathsep.join([sysconfig.get_path("scripts"), settings.get("PATH", os.defpath)]),
        "GUNICORN_CMD_ARGS": f"{settings.get('GUNICORN_CMD_ARGS', '')} --bind {HOST}:{port}".strip(),
    }


def _write_private(path: Path, text: str) -> None:
    """Whole or not at all, and from the first byte readable by its owner only."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=path.name, delete=False, encoding="utf-8") as file:
        file.write(text)
    Path(file.name).replace(path)
