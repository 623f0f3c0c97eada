"""Drop what the decision log says of persons before a day. Example:

    python -m jobs.purge_log --before 2024-11-21

Clients' records, reviewers' reasons and answers kept for an Idempotency-Key go, for good; the decisions stay, and can still be
proven by jobs.replay, but no more made again. The log says when that was done. Meanwhile the service's decisions wait in its
spool. What was exported, or saved with the database, is left to you.
"""

import argparse
import sys
from collections.abc import Sequence

from jobs import command


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument("--before", required=True, metavar="DATE", help="drop what was logged before this day, or time")
    return command.run(_purge, parser, argv)


def _purge(arguments: argparse.Namespace) -> None:
    from jobs.log import opened, settings
    from scoring.decision_log.moments import moment
    from scoring.decision_log.purging import erase, purge

    before, found = moment(arguments.before, "--before"), settings()
    with opened(found.database_url) as database:
        done = purge(database, before)
        print(
            f"dropped {done.records:,} records, {done.reasons:,} reasons and {done.answers:,} answers from before {before}; "
            f"{done.decisions:,} decisions stay provable"
        )
        erase(database)
    if waiting := len(list(found.spool_dir.glob("*"))):
        print(f"note: {waiting:,} files in {found.spool_dir} aren't in the log: what they hold wasn't dropped", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
