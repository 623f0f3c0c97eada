"""Deploy a commit to Heroku or Render, ask what serves then, and roll back if it answers wrongly. Examples:

    HEROKU_API_KEY=... API_KEY=... python -m jobs.deploy heroku --app my-credit-scoring
    RENDER_API_KEY=... API_KEY=... python -m jobs.deploy render --service srv-c1a2b3

What goes out is the commit, not the folder: Heroku is sent its files, Render fetches it from the repository that it knows. The
service that runs then must answer as the commit's own models/latest says (python -m jobs.smoke_test --help). If it doesn't, or
crashes, what served before is made to serve again. A build or a release command that fails changes nothing.

API_KEY is a key of the deployed service. HEROKU_API_URL and RENDER_API_URL name other addresses of the platforms' APIs. No key is
printed. Exit codes: 0 the commit serves and is right; 1 it doesn't, the last line says what is known of what serves; 2 it
couldn't begin; 130 stopped, the last line says what was begun and the way back.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jobs import command
from jobs.smoke_test import add_wait, api_key, seconds
from scoring.errors import SettingError
from scoring.settings import ROOT

if TYPE_CHECKING:
    from jobs.deploying.platform_api import Pace
    from jobs.deploying.platforms import Platform, Say

LIMIT = 1800.0
PAUSE = 5.0


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument("platform", choices=["heroku", "render"], help="where to")
    parser.add_argument("--app", metavar="NAME", help="the app on Heroku")
    parser.add_argument("--service", metavar="ID", help="the service on Render, srv-...")
    parser.add_argument("--commit", default="HEAD", help="what to deploy (default: the commit that is checked out)")
    parser.add_argument("--root", type=Path, default=ROOT, metavar="DIR", help="where the repository lies (default: the project)")
    parser.add_argument(
        "--limit", type=seconds, default=LIMIT, metavar="SECONDS", help="for a build, a release command (default: %(default)g)"
    )
    add_wait(parser)
    parser.add_argument("--pause", type=seconds, default=PAUSE, help=argparse.SUPPRESS)  # between two looks
    return command.run(_deploy, parser, argv)


def _deploy(arguments: argparse.Namespace) -> int:
    from jobs.deploying.asking import address
    from jobs.deploying.commit import Commit
    from jobs.deploying.deployment import Deployment
    from jobs.deploying.platform_api import Pace
    from jobs.deploying.smoke import Service, problems

    key = api_key()
    say = _teller(key, os.environ.get("HEROKU_API_KEY", ""), os.environ.get("RENDER_API_KEY", ""))
    pace = Pace.within(arguments.limit, arguments.pause)
    platform = _platform(arguments, pace, say)
    commit = Commit.of(arguments.root, arguments.commit)
    scorer = commit.scorer()
    service = Service(address(platform.url()), key, arguments.wait, min(arguments.pause, 1.0))
    return Deployment(platform, lambda: problems(service, scorer, say), say).run(commit)


def _platform(arguments: argparse.Namespace, pace: "Pace", say: "Say") -> "Platform":
    from jobs.deploying import heroku, render
    from jobs.deploying.asking import address, key_of

    wanted, other = ("app", "service") if arguments.platform == "heroku" else ("service", "app")
    if not (name := getattr(arguments, wanted)) or getattr(arguments, other):
        raise SettingError(f"{arguments.platform} takes --{wanted} and no --{other} (--help says more)")
    if arguments.platform == "heroku":
        key = key_of(os.environ, heroku.KEY, "`heroku authorizations:create` makes one")
        return heroku.Heroku(name, key, pace, say, address(os.environ.get("HEROKU_API_URL") or heroku.ADDRESS))
    key = key_of(os.environ, render.KEY, "Render's account settings make one")
    return render.Render(name, key, pace, say, address(os.environ.get("RENDER_API_URL") or render.ADDRESS))


def _teller(*secrets: str) -> "Say":
    """Prints a line, unless it was the last one already, without the secrets and at once: somebody watches."""
    from jobs.deploying.asking import hidden

    told = [""]

    def say(line: str) -> None:
        line = hidden(line, [secret.strip() for secret in secrets])
        if line != told[0]:
            told[0] = line
            print(line, flush=True)

    return say


if __name__ == "__main__":
    sys.exit(main())
