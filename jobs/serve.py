"""Serve the released model on this machine, as the Procfile does in production.

Run it from the project's root; `make serve` does. It writes an API key to .env where there is none, runs the Procfile's release
command, which makes the decision log's tables, starts its web command on 127.0.0.1:$PORT (8000), waits until it answers, prints a
curl command that gets a decision, and stays until Ctrl-C.
Values in the environment win over those in .env. Exit codes: 0 stopped by Ctrl-C or SIGTERM, 2 it can't be started.
"""

import argparse
import json
import os
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from jobs import command
from jobs.servers import HOST, end_with_the_terminal, ended_by_itself, free_port
from jobs.service_process import PORT, procfile_commands, read, service, settings_with_key
from scoring.errors import SettingError
from scoring.settings import first_key


def main(argv: Sequence[str] | None = None) -> int:
    return command.run(_serve, command.Parser(__doc__), argv)


def _serve(_: argparse.Namespace) -> int:
    root = Path.cwd()
    commands = procfile_commands(root / "Procfile")
    client = demo_client(root / "data" / "demo_clients.json")
    settings = settings_with_key(root / ".env", os.environ)
    port = free_port(settings, "PORT", PORT, "serve")
    end_with_the_terminal()
    try:
        with service(root, commands, settings, port) as server:
            print(f"\nServing on http://{HOST}:{port} until Ctrl-C. One of the demo clients, from another terminal:\n")
            print(curl_command(port, first_key(settings), client), end="\n\n", flush=True)
            raise ended_by_itself(server)
    except KeyboardInterrupt:
        return command.DONE


def demo_client(path: Path) -> dict[str, object]:
    """The first demo client, without what isn't known of it: an absent field means the same as null."""
    try:
        record = json.loads(read(path))[0]
        return {name: value for name, value in record.items() if value is not None}
    except (ValueError, LookupError, AttributeError) as error:
        raise SettingError(f"{path} is not a list of client records: {error}") from None


def curl_command(port: int, key: str, client: Mapping[str, object]) -> str:
    """One line for a shell: the client's decision from POST /predict."""
    body = json.dumps(client, separators=(",", ":")).replace("'", "\\u0027")  # no quote within the shell's quotes
    words = ["curl", "-sS", f"http://{HOST}:{port}/predict", "-H", f"x-api-key: {key}", "-H", "content-type: application/json"]
    return shlex.join([*words, "-d", body])


if __name__ == "__main__":
    sys.exit(main())
