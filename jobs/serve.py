"""Serve the released model on this machine, as the Procfile does in production.

Run it from the project's root; `make serve` does. It writes an API key to .env where there is none, runs the Procfile's release
command, which makes the decision log's tables, starts its web command on 127.0.0.1:$PORT (8000), waits until it answers, prints a
curl command that gets a decision, and stays until Ctrl-C.
Values in the environment win over those in .env. Exit codes: 0 stopped by Ctrl-C or SIGTERM, 2 it can't be started.
"""

import argparse
import http.client
import json
import os
import secrets
import shlex
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from jobs import command
from jobs.ports import try_port
from jobs.stored import with_stored
from scoring.errors import CreditScoringError, SettingError

HOST = "127.0.0.1"
START_SECONDS = 60.0  # what Heroku allows a dyno, too


def main(argv: Sequence[str] | None = None) -> int:
    return command.run(_serve, command.Parser(__doc__), argv)


def _serve(_: argparse.Namespace) -> int:
    root = Path.cwd()
    commands = procfile_commands(root / "Procfile")
    client = demo_client(root / "data" / "demo_clients.json")
    settings = settings_with_key(root / ".env", os.environ)
    port = free_port(settings.get("PORT") or "8000")
    end_with_the_terminal()
    # A process group of its own: Ctrl-C reaches us alone, and we ask for the graceful end that SIGINT would not give.
    environment = server_environment(settings, port)
    if release := commands.get("release"):
        run_release(release, root, environment)
    server = subprocess.Popen(commands["web"], cwd=root, env=environment, process_group=0)  # noqa: S603  # the Procfile is ours
    try:
        wait_until_answers(server, port)
        print(f"\nServing on http://{HOST}:{port} until Ctrl-C. One of the demo clients, from another terminal:\n")
        print(curl_command(port, settings["API_KEY"], client), end="\n\n", flush=True)
        raise CreditScoringError(f"the server ended by itself with status {server.wait()}")
    except KeyboardInterrupt:
        return command.DONE
    finally:
        server.terminate()
        server.wait()


def procfile_commands(procfile: Path) -> dict[str, list[str]]:
    """The words of each line of the Procfile, by its name; there is a `web`."""
    lines = (line.partition(":") for line in _read(procfile).splitlines())
    commands = {name: shlex.split(words) for name, colon, words in lines if colon}
    if "web" not in commands:
        raise SettingError(f"{procfile} has no line that begins with `web:`")
    return commands


def run_release(release: Sequence[str], root: Path, environment: Mapping[str, str]) -> None:
    """What a platform runs before a new version serves; its own words say what went wrong."""
    done = subprocess.run(release, cwd=root, env=environment, check=False)  # noqa: S603  # the Procfile is ours
    if done.returncode != 0:
        raise CreditScoringError(f"`{shlex.join(release)}` ended with status {done.returncode}; why stands above")


def demo_client(path: Path) -> dict[str, object]:
    """The first demo client, without what isn't known of it: an absent field means the same as null."""
    try:
        record = json.loads(_read(path))[0]
        return {name: value for name, value in record.items() if value is not None}
    except (ValueError, LookupError, AttributeError) as error:
        raise SettingError(f"{path} is not a list of client records: {error}") from None


def settings_with_key(dotenv: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """The environment over .env's values, with an API_KEY: a fresh one is added to .env if neither has any."""
    stored = _read(dotenv) if dotenv.exists() else ""
    settings = with_stored(dotenv, environment)
    if "API_KEY" not in settings:
        settings["API_KEY"] = secrets.token_urlsafe(32)
        before = f"{stored.rstrip()}\n" if stored.strip() else ""
        _write_private(dotenv, f"{before}API_KEY={settings['API_KEY']}\n")
        print(f"A fresh API key is in {dotenv.name}")
    return settings


def free_port(text: str) -> int:
    """The port, after trying it: gunicorn itself would try for seconds, and say so in eleven lines."""
    try:
        port = int(text)
        if port == 0:  # the system's choice: nobody would know which
            raise ValueError
        try_port(HOST, port)
    except (ValueError, OverflowError):
        raise SettingError(f"PORT={text} is not a port: a whole number from 1 to 65535") from None
    except OSError as error:
        raise SettingError(f"port {port} can't be used ({error.strerror}); another one: PORT={port + 1} make serve") from None
    return port


def server_environment(settings: Mapping[str, str], port: int) -> dict[str, str]:
    """Settings for the server: this environment's programs first, and no address but this machine's own."""
    return {
        **settings,
        "PATH": os.pathsep.join([sysconfig.get_path("scripts"), settings.get("PATH", os.defpath)]),
        "GUNICORN_CMD_ARGS": f"{settings.get('GUNICORN_CMD_ARGS', '')} --bind {HOST}:{port}".strip(),
    }


def end_with_the_terminal() -> None:
    """A closed terminal ends the server too, which would not hear of it; `nohup` says otherwise."""
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))


def wait_until_answers(server: subprocess.Popen[bytes], port: int) -> None:
    """Return once it is ready for decisions; its own output, which the user sees, says why it doesn't."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise CreditScoringError(f"the server ended with status {server.returncode} before it answered; why stands above")
        if _answers(port):
            return
        time.sleep(0.1)
    raise CreditScoringError(f"the server did not answer within {START_SECONDS:.0f} s")


def curl_command(port: int, api_key: str, client: Mapping[str, object]) -> str:
    """One line for a shell: the client's decision from POST /predict."""
    body = json.dumps(client, separators=(",", ":")).replace("'", "\\u0027")  # no quote within the shell's quotes
    key = api_key.split(",")[0].strip()
    words = ["curl", "-sS", f"http://{HOST}:{port}/predict", "-H", f"x-api-key: {key}", "-H", "content-type: application/json"]
    return shlex.join([*words, "-d", body])


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise SettingError(f"{path} can't be read ({reason}): run this from the project's root") from None


def _write_private(path: Path, text: str) -> None:
    """Whole or not at all, and from the first byte readable by its owner only."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=path.name, delete=False, encoding="utf-8") as file:
        file.write(text)
    Path(file.name).replace(path)


if __name__ == "__main__":
    sys.exit(main())
