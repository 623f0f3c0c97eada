"""Bad requests sent to a running service, a good one after each; the good ones alone may leave a trace."""

import json
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sqlalchemy import func, select
from tqdm import tqdm

from model import Scorer
from scoring.decision_log.database import Database
from scoring.decision_log.schema import outcomes, reviews
from tests.caller import Answer, Connection
from tests.robustness.checks import violations
from tests.robustness.corpus import Group
from tests.robustness.corpus.case import CLIENT, NO_ANSWER, Case, Headers, request
from tests.robustness.corpus.headers import USED_KEY
from tests.robustness.valid import Record, Valid
from tests.serving import Server


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a bad request: the statuses of the answers to what was bad in it, and what is wrong with them."""

    name: str
    statuses: tuple[int, ...]
    seconds: float
    wrong: tuple[str, ...]
    scored: bool

    def __str__(self) -> str:
        return f"{self.name}: {'; '.join(self.wrong)}"


class Range:
    """A service under fire: it remembers every decision that it acknowledged to a good request."""

    def __init__(self, server: Server, scorer: Scorer) -> None:
        self.server = server
        self.acknowledged: list[str] = []
        self._scorer = scorer
        self._told: set[str] = set()
        self._good = request(dict(CLIENT))
        self._expected = self._in_batch([CLIENT])
        self.decision = self._decided({"idempotency-key": USED_KEY})
        self.simulation = self._decided({"x-purpose": "simulation"})

    def fire(self, case: Case) -> Tried:
        """Send a bad request on a connection of its own, and then a good one, on the same where that is still open."""
        with Connection(self.server.port) as connection:
            exchange = connection.ask(case.raw, case.ends)
            after = self._good_one_after(connection)
        foreseen = zip(exchange.answers, case.answers, strict=False)
        good = [answer for answer, allowed in foreseen if answer.status == 200 and 200 in allowed]
        bad = [answer for answer in exchange.answers if answer not in good]
        unlike = [f"a good request {problem}" for one in [*good, after] if (problem := self._noted(one, self._expected))]
        return Tried(
            name=case.name,
            statuses=tuple(answer.status for answer in bad) or (NO_ANSWER,),
            seconds=exchange.seconds,
            wrong=(*violations(case, exchange), *unlike),
            scored=any(answer.status == 200 and b'"probability"' in answer.body for answer in bad),
        )

    def offer(self, valid: Valid) -> str:
        """Send a good request; what is wrong with its answer: its records have the probabilities that a batch gives them."""
        problem = self._noted(_ask_anew(self.server, valid.raw), self._in_batch(valid.meant))
        return f"{valid.name} {problem}" if problem else ""

    def traces(self) -> list[str]:
        """What the log holds beside the decisions that were acknowledged, and what it lacks; each is told once."""
        logged, acknowledged = Counter(self.server.logged()), Counter(self.acknowledged)
        found = [f"the log has the decision {one}, which no good request got" for one in logged - acknowledged]
        found += [f"the log lacks the decision {one}" for one in acknowledged - logged]
        database = Database(self.server.database_url, seconds=60)
        try:
            with database.snapshot() as connection:
                counts = {table.name: connection.scalar(select(func.count()).select_from(table)) for table in (reviews, outcomes)}
        finally:
            database.close()
        found += [f"the log has {count} {name}" for name, count in counts.items() if count]
        new = [one for one in found if one not in self._told]
        self._told |= set(found)
        return new

    def _good_one_after(self, connection: Connection) -> Answer | None:
        """A connection that was said to stay open may have been closed all the same: then on a new one."""
        if connection.usable and (answers := connection.ask(self._good).answers):
            return answers[0]
        return _ask_anew(self.server, self._good)

    def _noted(self, answer: Answer | None, expected: list[float]) -> str:
        """Remember the decisions of a good request; what is wrong with its answer."""
        if answer is None or answer.status != 200:
            return f"got {answer and (answer.status, answer.body[:200])}"
        told = json.loads(answer.body)
        decisions = told.get("decisions", [told])
        self.acknowledged += [one["decision_id"] for one in decisions]
        probabilities = [one["probability"] for one in decisions]
        return "" if probabilities == expected else f"got the probabilities {probabilities[:5]} instead of {expected[:5]}"

    def _in_batch(self, records: Sequence[Record]) -> list[float]:
        columns = {name: [record.get(name) for record in records] for name in self._scorer.release.fields}
        return [float(one) for one in self._scorer.score(columns).probability]

    def _decided(self, headers: Headers) -> str:
        problem = self._noted(_ask_anew(self.server, request(dict(CLIENT), headers=headers)), self._expected)
        assert not problem, problem
        return self.acknowledged[-1]


def fired(range_: Range, group: Group, cases: Sequence[Case] | None = None) -> list[Tried]:
    """What came of the group's cases, or of these; large ones are made one at a time."""
    todo = tqdm(group.cases() if cases is None else cases, desc=group.name, leave=False, disable=None)
    if group.callers == 1:
        return [range_.fire(case) for case in todo]
    with ThreadPoolExecutor(group.callers) as callers:
        return list(callers.map(range_.fire, todo))


def _ask_anew(server: Server, content: bytes) -> Answer | None:
    with Connection(server.port) as connection:
        return next(iter(connection.ask(content).answers), None)
