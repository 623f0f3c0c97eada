"""A month in a minute: the real service decides about clients who don't exist, and the reports are made of its log. Example:

    python -m jobs.simulate_month --out var/month

From day 15 on others come: their scores and incomes are lower. The app is driven over HTTP, with a decision log of its own in the
folder, whose times are the month's; reviewers overrule it now and then, and what became of the loans is posted at the end, as if
a year were over. Then the folder holds drift by day (days.md, days.png), a drift report and the monitoring page.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from jobs import command
from scoring.errors import OutputError, SettingError
from scoring.files import new_folder

if TYPE_CHECKING:
    from model import Scorer
    from scoring.drift.days import Days
    from scoring.synthetic.month import Month

LEAST, MOST = 100, 10_000
"""Clients a day: with fewer drift means nothing, and more than a few hundred thousand a month don't fit in memory."""
MOST_DAYS = 365


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="a folder that isn't there yet")
    parser.add_argument("--days", type=int, default=30, help="how many (default 30); the last is yesterday")
    parser.add_argument("--clients", type=int, default=150, help=f"a day (default 150, at least {LEAST})")
    parser.add_argument("--drift-from", type=int, default=15, metavar="DAY", help="the day from which others come (default 15)")
    parser.add_argument("--shift", type=float, default=0.5, help="by how many standard deviations they differ (default 0.5)")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other clients (default 0)")
    parser.add_argument("--model", type=Path, metavar="DIR", help="release that decides (default: MODEL_DIR or models/latest)")
    return command.run(_simulate, parser, argv)


def _simulate(arguments: argparse.Namespace) -> None:
    _check(arguments)
    import model
    from scoring.settings import Settings
    from scoring.synthetic.month import Month

    scorer = model.Scorer.load(arguments.model or Settings.from_env(os.environ).model_dir)
    wanted = Month(arguments.days, arguments.clients, arguments.drift_from, arguments.shift, arguments.seed)
    with new_folder(arguments.out) as folder:
        found = _served(scorer, wanted, folder)
    print(_told(found, wanted, arguments.out))


def _served(scorer: "Scorer", wanted: "Month", out: Path) -> "Days":
    """The month in a folder: its log, and the reports of it."""
    from jobs.simulated_reports import Reports
    from jobs.simulated_service import serve_month
    from scoring.decision_log.database import Database
    from scoring.synthetic.month import month

    before, days = month(wanted)
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight - timedelta(days=wanted.days)
    database = Database(f"sqlite:///{out / 'decisions.db'}")
    try:
        serve_month(scorer, days, first, database, out / "spool")
        with database.snapshot() as connection:
            return Reports(connection, scorer, before, first, wanted).write(out)
    finally:
        database.close()


def _check(arguments: argparse.Namespace) -> None:
    out: Path = arguments.out
    if out.exists() or out.is_symlink():
        raise OutputError(f"--out {out} is there already: name a folder that isn't")
    if "?" in str(out.resolve()):
        raise SettingError(f"--out {out}: a '?' in a path ends the name of a database, name another folder")
    for name, number, least, most in (
        ("--clients", arguments.clients, LEAST, MOST),
        ("--days", arguments.days, 2, MOST_DAYS),
        ("--drift-from", arguments.drift_from, 2, arguments.days),
        ("--shift", arguments.shift, 0, 2),
    ):
        if not least <= number <= most:
            raise SettingError(f"{name} {number} isn't one of {least:,} to {most:,}")
    if arguments.seed < 0:
        raise SettingError(f"--seed {arguments.seed}: give 0 or more")


def _told(found: "Days", wanted: "Month", out: Path) -> str:
    early = sum(day < found.began for day in found.alarms)
    seen = next((day for day in found.alarms if day >= found.began), None)
    rings = f"the alarm rings on {seen} for the first time since" if seen else "the alarm never rings since"
    return (
        f"{wanted.days * wanted.clients:,} decisions; others come from {found.began} on, {rings}, and falsely on {early} of "
        f"{wanted.drift_from - 1} days before; see days.png, drift.html and monitor.html in {out}"
    )


if __name__ == "__main__":
    sys.exit(main())
