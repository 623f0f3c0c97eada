"""The stretches of time that everything is counted by: ISO weeks, or days where the whole is short. One rule, here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scoring.errors import SettingError

Times = NDArray[np.datetime64]
Integers = NDArray[np.int64]

FEWEST_DAYS_IN_WEEKS = 21
"""From how many days on they are counted by weeks; fewer are counted by days."""
DAYS = {"day": 1, "week": 7}
MOST = 1040
"""Weeks, twenty years: what spans more has a time from a clock that was wrong."""


@dataclass(frozen=True, slots=True)
class Periods:
    """So many days, or ISO weeks (from Monday on), in UTC and without a gap: the first one's first day, and "day" or "week"."""

    first: date
    count: int
    unit: str

    def __len__(self) -> int:
        return self.count

    def named(self) -> Iterator[dict[str, Any]]:
        """Each period's head among figures: its name, 2026-11-21 of a day and 2026-W47 of a week (ISO 8601), and first day."""
        for i in range(self.count):
            start = self.first + timedelta(days=i * DAYS[self.unit])
            year, week, _ = start.isocalendar()
            yield {"period": start.isoformat() if self.unit == "day" else f"{year}-W{week:02}", "from": start.isoformat()}

    def of(self, times: Times) -> Integers:
        """Which period each of n times lies in, (n,); each must lie in one."""
        days: Integers = (times.astype("datetime64[D]") - np.datetime64(self.first, "D")).astype(np.int64)
        return days // DAYS[self.unit]

    def rows(self, times: Times) -> list[Integers]:
        """Of each period, which of the n times lie in it, ascending."""
        which = self.of(times)
        order = np.argsort(which, kind="stable")
        return np.split(order, np.searchsorted(which[order], np.arange(1, self.count)))


def periods(first: np.datetime64, last: np.datetime64) -> Periods:
    """The periods from one time to another, both included; SettingError where they are more than MOST."""
    begin, end = (date.fromisoformat(str(time.astype("datetime64[D]"))) for time in (first, last))
    days = (end - begin).days + 1
    if days < FEWEST_DAYS_IN_WEEKS:
        return Periods(begin, days, "day")
    if days > MOST * DAYS["week"]:
        words = "leave out what a wrong clock wrote, by --since or --until"
        raise SettingError(f"the log has times from {begin} to {end}, more than {MOST:,} weeks: {words}")
    begin -= timedelta(days=begin.weekday())
    return Periods(begin, (end - begin).days // 7 + 1, "week")
