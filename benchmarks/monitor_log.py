"""A decision log of any size for a benchmark: generated clients over 26 weeks, chained as the service's own is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from sqlalchemy import Table
from tqdm import tqdm

from model import Scorer
from scoring.decision_log.chain import Chain, sealed
from scoring.decision_log.database import Database
from scoring.decision_log.entries import DECISION, SIMULATION, as_logged, now, uuid7
from scoring.decision_log.schema import decisions, outcomes, reviews
from tests.conftest import LATEST, demo_clients
from tests.written_logs import entries

WEEKS, BEGIN = 26, datetime(2026, 5, 4, tzinfo=UTC)
BATCH = 5_000
FADING, FADES_FROM_WEEK = "EXT_SOURCE_3", 18
"""A field that a third of the records lack from this week on, so that there is something to see."""
OTHER_MODEL, OTHER_WEEKS = {"model_version": "2-7ed5e81c", "model_sha256": "7ed5e81c" * 8}, 4
"""What decided before the released model did."""
OUTCOME_WEEKS = 18
"""Outcomes are known of two loans in five of these weeks."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Drawn:
    """n decisions that were drawn; each array is (n,), `week` counted from 0, `chance` uniform."""

    ids: list[str]
    seconds: NDArray[np.float64]
    week: NDArray[np.int64]
    client: NDArray[np.int64]
    probability: NDArray[np.float64]
    latency_ms: NDArray[np.float64]
    chance: NDArray[np.float64]

    @classmethod
    def of(cls, number: int, probabilities: NDArray[np.float64]) -> "Drawn":
        """Decisions on clients of these PDs, more and more a week."""
        random = np.random.default_rng(8)
        seconds = np.sort(np.sqrt(random.uniform(0.25, 1, number)) * 2 - 1) * timedelta(weeks=WEEKS).total_seconds()
        client = random.integers(len(probabilities), size=number)
        noisy = expit(logit(probabilities[client]) + random.normal(0, 0.4, number))
        latency = np.round(random.lognormal(2.2, 0.5, number), 3)
        week = (seconds // timedelta(weeks=1).total_seconds()).astype(np.int64)
        return cls([uuid7() for _ in range(number)], seconds, week, client, noisy, latency, random.random(number))


def write(database: Database, number: int) -> None:
    """Fill a database that has its tables with so many decisions, some of them simulations, and with what was said of them."""
    clients = demo_clients()
    decided = entries(Scorer.load(LATEST), clients)
    drawn = Drawn.of(number, np.array([one.probability for one in decided]))
    rows = _decisions(drawn, [msgspec.structs.asdict(one) for one in decided])
    with tqdm(total=number, unit=" decisions", leave=False, disable=None) as bar:
        while batch := list(islice(rows, BATCH)):
            _append(database, [(decisions, row) for row in batch])
            bar.update(len(batch))
    said = _said(drawn, decided[0].threshold)
    while later := list(islice(said, BATCH)):
        _append(database, later)


def _append(database: Database, rows: list[tuple[Table, Row]]) -> None:
    with database.locked() as connection:
        chain = Chain(connection)
        for table, row in rows:
            chain.add(table, row)
        chain.write()


def _decisions(drawn: Drawn, decided: list[Row]) -> Iterator[Row]:
    texts = [[_around_credit(one["record"], without) for without in (None, FADING)] for one in decided]
    for i, (week, client, chance) in enumerate(
        zip(drawn.week.tolist(), drawn.client.tolist(), drawn.chance.tolist(), strict=True)
    ):
        row, probability = decided[client], float(drawn.probability[i])
        before, after = texts[client][week >= FADES_FROM_WEEK and chance % 0.3 < 0.1]
        record = f"{before}{100_000 + 450 * (i % 2_000)}.5{after}"
        digest, salt = sealed(record)
        yield (
            row
            | (OTHER_MODEL if week < OTHER_WEEKS else {})
            | {
                "decision_id": drawn.ids[i],
                "time": as_logged(BEGIN + timedelta(seconds=float(drawn.seconds[i]))),
                "purpose": SIMULATION if chance > 0.99 else DECISION,
                "client": 100_001 + i,
                "record": record,
                "record_digest": digest,
                "salt": salt,
                "raw_score": float(logit(probability)),
                "probability": probability,
                "decision": "refused" if probability >= row["threshold"] else "granted",
                "latency_ms": float(drawn.latency_ms[i]),
            }
        )


def _around_credit(record: str, without: str | None) -> tuple[str, str]:
    """A record's text before and after the value of its AMT_CREDIT."""
    fields = {name: value for name, value in msgspec.json.decode(record).items() if name != without}
    before, after = msgspec.json.encode(fields | {"AMT_CREDIT": "@"}).decode().split('"@"')
    return before, after


def _said(drawn: Drawn, threshold: float) -> Iterator[tuple[Table, Row]]:
    """Reviews of one in a hundred, half of them another decision, and outcomes that are a fifth worse than expected."""
    random, time = np.random.default_rng(9), now()
    of_the_loan = str(date(2026, 11, 1))
    for i in np.flatnonzero(drawn.chance <= 0.99).tolist():
        about = {"decision_id": drawn.ids[i], "time": time, "key_name": "key 1"}
        granted = drawn.probability[i] < threshold
        if i % 100 == 0:
            word = "granted" if granted == (random.random() < 0.5) else "refused"
            digest, salt = sealed("a reason")
            person = {"reviewer": "a person", "decision": word, "reason": "a reason", "reason_digest": digest, "salt": salt}
            yield reviews, {**about, "review_id": uuid7(), **person}
        if granted and drawn.week[i] < OUTCOME_WEEKS and drawn.chance[i] < 0.4:
            word = "defaulted" if random.random() < 1.2 * drawn.probability[i] else "repaid"
            yield outcomes, {**about, "outcome_id": uuid7(), "outcome": word, "date": of_the_loan}
