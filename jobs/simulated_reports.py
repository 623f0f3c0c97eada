"""The reports on a simulated month: drift by day, a drift report, the monitoring page."""

from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
from sqlalchemy import Connection
from tqdm import tqdm

from jobs.monitor import progress, release_of
from jobs.progress import noted
from model import Scorer
from scoring.decision_log.entries import as_logged
from scoring.decision_log.sampling import Period
from scoring.drift.comparison import Drift, compare
from scoring.drift.days import Days
from scoring.drift.page import page as drift_page
from scoring.drift.settings import read_settings
from scoring.drift.side import Side, side
from scoring.drift.sources import of_log
from scoring.explaining.importance import read_importance
from scoring.fields import FIELDS
from scoring.files import new_file
from scoring.monitoring.monitor import Asked, figures
from scoring.monitoring.page.document import page as monitoring_page
from scoring.synthetic.month import Month

SHOWN = ("EXT_SOURCE_2", "EXT_SOURCE_3", "AMT_INCOME_TOTAL", "DAYS_BIRTH")
"""Three fields that drift, and one that doesn't."""


class Reports:
    """Makes them of a log that was served from the day `first` on; `before`: the clients that each day is held against."""

    def __init__(self, connection: Connection, scorer: Scorer, before: pd.DataFrame, first: datetime, wanted: Month) -> None:
        columns = {field.name: before[field.name].to_numpy() for field in FIELDS}
        self._reference = side("clients of before the month", len(before), columns, scorer.score(columns).probability)
        self._connection, self._scorer = connection, scorer
        self._first, self._wanted = first, wanted
        self._settings = read_settings()
        self._weights = read_importance(scorer.documents["importance.json"].content).shares()

    def write(self, out: Path) -> Days:
        """All of them in a folder: days.md, days.png, drift.html of the days that drift, monitor.html; gives the days."""
        found = self._by_day()
        drifting = self._logged(self._wanted.drift_from - 1, self._wanted.days)
        settings, drift = self._settings, self._drift(drifting)
        for name, text in (
            ("days.md", "\n".join([*found.lines(), ""])),
            ("drift.html", drift_page(drift, self._reference, drifting, settings.drawn, settings.seed)),
            ("monitor.html", self._monitored()),
        ):
            with new_file(out / name) as file:
                file.write(text.encode())
        found.plot(SHOWN, out / "days.png")
        return found

    def _by_day(self) -> Days:
        """Each day against the reference."""
        days = tqdm(range(self._wanted.days), unit=" days compared", leave=False, disable=None)
        return Days(
            {self._name(day): self._drift(self._logged(day, day + 1)) for day in days}, self._name(self._wanted.drift_from - 1)
        )

    def _monitored(self) -> str:
        found = figures(self._connection, Asked(as_logged(self._first)), release_of(self._scorer), progress)
        return monitoring_page(found)

    def _drift(self, current: Side) -> Drift:
        return compare(self._reference, current, self._weights, self._settings)

    def _logged(self, start: int, end: int) -> Side:
        """What was decided from one day on, and before another."""
        period = Period(*(as_logged(self._first + timedelta(days=day)) for day in (start, end)))
        model = self._scorer.release.sha256, self._scorer.model_version
        return of_log(self._connection, period, model, self._settings, noted)

    def _name(self, day: int) -> str:
        return f"{self._first + timedelta(days=day):%Y-%m-%d}"
