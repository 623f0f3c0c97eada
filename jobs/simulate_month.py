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
    import pandas as pd
    from sqlalchemy import Connection

    from model import Scorer
    from scoring.drift.comparison import Drift
    from scoring.drift.days import Days
    from scoring.drift.side import Side
    from scoring.synthetic.month import Month

SHOWN = ("EXT_SOURCE_2", "EXT_SOURCE_3", "AMT_INCOME_TOTAL", "DAYS_BIRTH")
"""Three fields that drift, and one that doesn't."""
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
            looked = _Looked(connection, scorer, _reference(before, scorer), first, wanted)
            found = looked.by_day()
            _write_days(out, found)
            looked.write_reports(out)
    finally:
        database.close()
    return found


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


def _reference(before: "pd.DataFrame", scorer: "Scorer") -> "Side":
    from scoring.drift.side import side
    from scoring.fields import FIELDS

    columns = {field.name: before[field.name].to_numpy() for field in FIELDS}
    return side("clients of before the month", len(before), columns, scorer.score(columns).probability)


class _Looked:
    """The reports on a month that was served from the day `first` on."""

    def __init__(self, connection: "Connection", scorer: "Scorer", reference: "Side", first: datetime, wanted: "Month") -> None:
        from scoring.drift.settings import read_settings
        from scoring.drift.sources import weights

        self._connection, self._scorer, self._reference = connection, scorer, reference
        self._first, self._wanted = first, wanted
        self._settings = read_settings()
        self._weights = weights(scorer.documents["importance.json"].content)

    def by_day(self) -> "Days":
        """Each day against the reference."""
        from tqdm import tqdm

        from scoring.drift.days import Days

        days = tqdm(range(self._wanted.days), unit=" days compared", leave=False, disable=None)
        drifts = {self._name(day): self._drift(self._logged(day, day + 1)) for day in days}
        return Days(drifts, self._name(self._wanted.drift_from - 1))

    def write_reports(self, out: Path) -> None:
        """The drift report on the days that drift, and the monitoring page of all."""
        from scoring.drift.page import page
        from scoring.files import new_file

        drifting = self._logged(self._wanted.drift_from - 1, self._wanted.days)
        with new_file(out / "drift.html") as file:
            drawn = page(self._drift(drifting), self._reference, drifting, self._settings.drawn, self._settings.seed)
            file.write(drawn.encode())
        with new_file(out / "monitor.html") as file:
            file.write(self._monitored().encode())

    def _monitored(self) -> str:
        from jobs.monitor import progress, release_of
        from scoring.decision_log.entries import as_logged
        from scoring.monitoring.monitor import Asked, figures
        from scoring.monitoring.page import page

        return page(figures(self._connection, Asked(as_logged(self._first)), release_of(self._scorer), progress))

    def _drift(self, current: "Side") -> "Drift":
        from scoring.drift.comparison import compare

        return compare(self._reference, current, self._weights, self._settings)

    def _logged(self, start: int, end: int) -> "Side":
        """What was decided from one day on, and before another."""
        from jobs.progress import noted
        from scoring.decision_log.entries import as_logged
        from scoring.decision_log.sampling import Period
        from scoring.drift.sources import of_log

        period = Period(*(as_logged(self._first + timedelta(days=day)) for day in (start, end)))
        model = self._scorer.release.sha256, self._scorer.model_version
        return of_log(self._connection, period, model, self._settings, noted)

    def _name(self, day: int) -> str:
        return f"{self._first + timedelta(days=day):%Y-%m-%d}"


def _write_days(out: Path, found: "Days") -> None:
    from scoring.files import new_file

    with new_file(out / "days.md") as file:
        file.write(("\n".join(found.lines()) + "\n").encode())
    found.plot(SHOWN, out / "days.png")


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
