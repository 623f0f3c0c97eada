"""Ask a deployed service what it will be asked, and hold its answers against the release that it should serve. Examples:

    API_KEY=... python -m jobs.smoke_test https://my-credit-scoring.herokuapp.com
    API_KEY=... python -m jobs.smoke_test http://127.0.0.1:8000 --wait 10

Waits until GET /health/ready answers 200. Then GET / names the release's version, /openapi.json is JSON, nobody is decided about
without a key, and POST /predict gives each of the release's golden records the release's PD (to 1e-12 of it), decision and
threshold. They are logged as simulations. No redirect is followed, certificates are checked. API_KEY holds the key, or several
with commas between them: the first is used, and never printed.

Exit codes: 0 all is right, a line a check; 1 something isn't, each in a line on stderr; 2 it couldn't be asked.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from jobs import command
from scoring.errors import SettingError
from scoring.settings import LATEST, first_key

WRONG = 1
WAIT = 120.0


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument("url", metavar="URL", help="where the service answers")
    parser.add_argument("--model", type=Path, metavar="DIR", help="the release that it should serve (default: models/latest)")
    add_wait(parser)
    return command.run(_smoke_test, parser, argv)


def add_wait(parser: argparse.ArgumentParser) -> None:
    """The argument that says how long a service may take until it is ready."""
    parser.add_argument("--wait", type=seconds, default=WAIT, metavar="SECONDS", help="until it is ready (default: %(default)g)")


def seconds(text: str) -> float:
    """An argument's number of seconds."""
    if not 0 <= (number := float(text)) < 1e9:
        raise ValueError
    return number


def api_key() -> str:
    """The key for the service; raises SettingError where there is none."""
    if not (key := first_key(os.environ)):
        raise SettingError("API_KEY is not set: give a key of the deployed service in the environment")
    return key


def _smoke_test(arguments: argparse.Namespace) -> int:
    from jobs.deploying.asking import address
    from jobs.deploying.smoke import Service, problems
    from model import Scorer

    service = Service(address(arguments.url), api_key(), arguments.wait)
    scorer = Scorer.load(arguments.model or LATEST)
    found = problems(service, scorer, lambda line: print(line, flush=True))
    for problem in found:
        print(f"wrong: {problem}", file=sys.stderr)
    return WRONG if found else command.DONE


if __name__ == "__main__":
    sys.exit(main())
