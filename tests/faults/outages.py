"""PostgreSQL stopped, killed or frozen, and back, while callers ask."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from tests.databases import Postgres
from tests.faults.distance import at_a_distance
from tests.faults.kills import kill, workers_of
from tests.faults.load import Load
from tests.faults.outcome import Outcome, Place, judged
from tests.serving import Server, serving

TIMES, KILLS = 3, 2
AWAY = 3.0
"""Seconds, more than a request waits for the database."""
WAY = 0.001
"""Seconds to a database that isn't on this machine."""
QUIET = 1.0
"""Seconds without a sign of the outage that show it is over."""

Fault = tuple[Callable[[Postgres], None], Callable[[Postgres], None]]
FAULTS: Mapping[str, Fault] = {
    "stopped": (Postgres.stop, Postgres.start),
    "killed": (Postgres.kill, Postgres.start),
    "frozen": (Postgres.freeze, Postgres.thaw),
    "stalled": (Postgres.stall, Postgres.unstall),
}
"""How the database goes away, and how it comes back."""


def database_away(place: Place, how: str) -> Outcome:
    """The database goes away under load and comes back."""
    url = place.log()
    return _away_and_back(place, how, f"database {how}", url, url)


def far_database_away(place: Place, how: str) -> Outcome:
    """The same of one over a network: a transaction of many statements takes long there."""
    url = place.log()
    with at_a_distance(url, WAY) as seen:
        return _away_and_back(place, how, f"database {how}, {2000 * WAY:.0f} ms away", url, seen)


def _away_and_back(place: Place, how: str, name: str, url: str, seen: str) -> Outcome:
    away, back = FAULTS[how]
    seconds = []
    with serving(place.folder, DATABASE_URL=seen) as server, Load(server.port) as load:
        for _ in range(TIMES):
            load.wait_for(100)
            away(place.postgres)
            time.sleep(AWAY)
            back(place.postgres)
            seconds.append(recovery(server, load))
    return replace(judged(name, url, TIMES, load), recovered=max(seconds))


def workers_killed_meanwhile(place: Place) -> Outcome:
    """The database is away, decisions wait in the spool, and every worker gets kill -9, twice; then it comes back."""
    url = place.log()
    seconds = []
    with serving(place.folder, DATABASE_URL=url) as server, Load(server.port) as load:
        for _ in range(TIMES):
            place.postgres.stop()
            for _ in range(KILLS):
                load.wait_for(100)
                kill(*workers_of(server))
            load.wait_for(100)
            place.postgres.start()
            seconds.append(recovery(server, load))
    outcome = judged("database stopped, then kill -9 of all workers", url, TIMES * (1 + KILLS), load)
    return replace(outcome, recovered=max(seconds))


def away_at_the_start(place: Place, how: str) -> Outcome:
    """The service starts while the database is away."""
    url, (away, back) = place.log(), FAULTS[how]
    away(place.postgres)
    with serving(place.folder, DATABASE_URL=url) as server, Load(server.port) as load:
        load.wait_for(100)
        back(place.postgres)
        seconds = recovery(server, load)
    return replace(judged(f"database {how} before the start", url, 1, load), recovered=seconds)


def recovery(server: Server, load: Load) -> float:
    """Seconds until nothing waits in the spool and nobody is refused, by any worker; given up after 30."""
    back = last = time.monotonic()
    while (now := time.monotonic()) < min(last + QUIET, back + 30):
        waits = [*server.spool.glob("*.json"), *server.spool.glob("*.refused")]
        last = now if waits else max(last, load.last_refusal())
        time.sleep(0.05)
    return last - back
