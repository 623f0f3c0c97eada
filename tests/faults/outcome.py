"""What a scenario came to: what was acknowledged held against what the log has."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from scoring.decision_log.chain import GENESIS, Head, read_head
from scoring.decision_log.database import Database
from scoring.decision_log.entries import uuid7
from scoring.decision_log.reading import in_order, recorded_purges
from scoring.decision_log.verifying import findings
from scoring.markdown import table
from tests.databases import Postgres, new_database, upgraded
from tests.faults.load import BROKEN_OFF, Load


@dataclass(frozen=True, slots=True)
class Outcome:
    """Times in seconds; `refused` counts 503s, `wrong` answers that are neither that nor 200, and exits other than 0."""

    name: str
    log: str
    faults: int
    acknowledged: int
    lost: int
    twice: int
    whole: bool
    refused: int = 0
    wrong: int = 0
    slowest: float | None = None
    exit: float | None = None
    recovered: float | None = None

    @property
    def kept(self) -> bool:
        """Nothing lost, nothing twice, the chain whole, and no answer or exit that isn't foreseen."""
        return self.whole and not (self.lost or self.twice or self.wrong)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a scenario runs: an empty folder, and a PostgreSQL server for its logs; without one they are SQLite files."""

    folder: Path
    server: Postgres | None = None

    @property
    def postgres(self) -> Postgres:
        assert self.server, "this scenario needs a PostgreSQL"
        return self.server

    def database(self) -> str:
        """The address of a new database."""
        return new_database(self.server.url) if self.server else f"sqlite:///{self.folder / f'{uuid7()}.db'}"

    def log(self) -> str:
        """The address of a new log, with its tables."""
        url = self.database()
        upgraded(url, seconds=60).close()
        return url


def judged(name: str, url: str, faults: int, load: Load) -> Outcome:
    """The outcome of a scenario whose callers asked a service that logged there; its PostgreSQL must be up again."""
    answers = [answer for answer in load.answers if answer.status != BROKEN_OFF]
    return replace(
        against_the_log(name, url, faults, [one for answer in answers for one in answer.ids]),
        refused=sum(answer.status == 503 for answer in answers),
        wrong=sum(answer.status not in {200, 503} for answer in answers),
        slowest=max(answer.seconds for answer in load.answers),
    )


def against_the_log(name: str, url: str, faults: int, acknowledged: Sequence[str]) -> Outcome:
    """The outcome, as far as the log tells it.

    Every request is about clients of its own, also one that is sent again: two decisions about a client are one too many.
    """
    database = Database(url, seconds=60)
    try:
        with database.snapshot() as connection:
            rows = list(in_order(connection))
            wrong = list(findings(rows, Head(0, GENESIS), read_head(connection), recorded_purges(connection)))
    finally:
        database.close()
    return Outcome(
        name=name,
        log="SQLite" if url.startswith("sqlite") else "PostgreSQL",
        faults=faults,
        acknowledged=len(acknowledged),
        lost=len(set(acknowledged) - {row["decision_id"] for _, row in rows}),
        twice=len(rows) - len({row["client"] for _, row in rows}),
        whole=not wrong,
    )


TITLES = ("fault", "log", "times", "decisions acknowledged", "lost", "twice", "slowest answer, s", "exit, s", "recovered, s")


def tabled(outcomes: Sequence[Outcome]) -> str:
    """The outcomes as a Markdown table, their sums last."""
    rows = [_row(one.name, one.log, [one], (one.slowest, one.exit, one.recovered)) for one in outcomes]
    total = _row("**all**", "", outcomes, (None, None, None))
    return "".join(f"{line}\n" for line in table(TITLES, [*rows, total]))


def _row(name: str, log: str, outcomes: Sequence[Outcome], seconds: Sequence[float | None]) -> list[str]:
    counts = [sum(getattr(one, column) for one in outcomes) for column in ("faults", "acknowledged", "lost", "twice")]
    return [name, log, *(f"{number:,}" for number in counts), *("" if one is None else f"{one:.1f}" for one in seconds)]
