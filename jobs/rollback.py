"""Back to the release that served before: models/latest in one rename, then the registry's champion; once more, and forth again.

The one rolled back from becomes the challenger. A store that is away or knows neither doesn't matter to what serves. Example:

    python -m jobs.rollback
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from jobs import command
from jobs.store import add_tracking_uri, tracking_uri
from scoring.settings import ROOT


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument("--root", type=Path, default=ROOT, metavar="DIR", help="where models/ lies (default: the project)")
    add_tracking_uri(parser)
    return command.run(_rollback, parser, argv)


def _rollback(arguments: argparse.Namespace) -> None:
    from model import Scorer
    from scoring.releasing.rollback import roll_back
    from scoring.tracking import Store

    uri = tracking_uri(arguments)
    # What the service asks of a release when it starts is what a rollback asks of it.
    done = roll_back(arguments.root, lambda: Store(uri, create=False), Scorer.load)
    print(f"rolled back from {done.left.name} to {done.folder.name}; a running service changes when it is started again")
    print(f"only the folder moved: {done.not_followed}" if done.not_followed else "the registry's champion followed")


if __name__ == "__main__":
    sys.exit(main())
