"""What a transaction of the log does: decisions, reviews and outcomes, each put at the chain's end."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, insert, select

from scoring.decision_log.chain import Chain, sealed
from scoring.decision_log.entries import SIMULATION, Claim, Entry, Outcome, Review, now, uuid7
from scoring.decision_log.schema import claims, decisions, outcomes, reviews
from scoring.diagnosis import MOST_PROBLEMS
from scoring.errors import IdempotencyConflict, InvalidRequest, LogRefused, Problem, UnknownDecision

Row = dict[str, Any]

NO_SUCH_DECISION = "there is no such decision in the log"
NUMBERS = ("latency_ms", "raw_score", "probability", "threshold")


def rows_of(entries: Iterable[Entry]) -> list[Row]:
    """Entries as rows of `decisions`, but for their place in the chain; raises LogRefused for a number that isn't finite."""
    rows = []
    for entry in entries:
        row: Row = msgspec.structs.asdict(entry)
        row["record_digest"], row["salt"] = sealed(entry.record)
        for name in NUMBERS:
            if not math.isfinite(row[name]):
                raise LogRefused(f"the {name} of a decision is {row[name]}")
            row[name] = float(row[name]) + 0.0  # as it is read back: 5 as 5.0, -0.0 as 0.0
        rows.append(row)
    return rows


def record(rows: Sequence[Row], claim: Claim | None, chain: Chain) -> bytes | None:
    """Put decisions at the chain's end; as DecisionLog.append says of the claim."""
    if claim:
        if earlier := _claimed(chain.connection, claim):
            return earlier
        chain.connection.execute(insert(claims).values(**msgspec.structs.asdict(claim), time=now()))
    for row in rows:
        chain.add(decisions, row)
    return None


def record_unless_there(rows: Sequence[Row], chain: Chain) -> int:
    """Put those decisions at the chain's end that aren't in the log, and give their number.

    What waits in the spool may have arrived all the same: nobody knows that of a commit that wasn't answered.
    """
    there = purposes(chain.connection, [row["decision_id"] for row in rows])
    missing = [row for row in rows if row["decision_id"] not in there]
    for row in missing:
        chain.add(decisions, row)
    return len(missing)


def record_review(decision_id: str, review: Review, key_name: str, chain: Chain) -> Row:
    """Put a review at the chain's end; one that says what the decision's last one says is that one."""
    purpose = purposes(chain.connection, [decision_id]).get(decision_id)
    if purpose is None:
        raise UnknownDecision(NO_SUCH_DECISION)
    if purpose == SIMULATION:
        raise InvalidRequest("the request is not valid", [Problem(None, "decision_id", "a simulation isn't reviewed")])
    said = msgspec.structs.asdict(review)
    last = _last(chain.connection, reviews, [decision_id]).get(decision_id, {})
    if said.items() <= last.items():
        return last
    reason_digest, salt = sealed(review.reason)
    row = {"review_id": uuid7(), "decision_id": decision_id, "time": now(), "key_name": key_name, **said}
    return chain.add(reviews, {**row, "reason_digest": reason_digest, "salt": salt})


def record_outcomes(told: Sequence[Outcome], key_name: str, chain: Chain) -> list[Row]:
    """Put outcomes at the chain's end; one that says what the decision's last one says is that one."""
    ids = list({one.decision_id for one in told})
    known = purposes(chain.connection, ids)
    found = [(one.decision_id, _misfit(known.get(one.decision_id))) for one in told]
    if problems := [Problem(decision_id, "decision_id", problem) for decision_id, problem in found if problem]:
        raise InvalidRequest("the request is not valid", problems[:MOST_PROBLEMS])
    last = _last(chain.connection, outcomes, ids)
    rows = []
    for one in told:
        said = msgspec.structs.asdict(one)
        if not said.items() <= last.get(one.decision_id, {}).items():
            row = {"outcome_id": uuid7(), "time": now(), "key_name": key_name, **said}
            last[one.decision_id] = chain.add(outcomes, row)
        rows.append(last[one.decision_id])
    return rows


def purposes(connection: Connection, decision_ids: Sequence[str]) -> dict[str, str]:
    """The purpose of each of these decisions that is in the log."""
    query = select(decisions.c.decision_id, decisions.c.purpose).where(decisions.c.decision_id.in_(decision_ids))
    return {row.decision_id: row.purpose for row in connection.execute(query)}


def _misfit(purpose: str | None) -> str | None:
    if purpose is None:
        return NO_SUCH_DECISION
    return "a simulation has no outcome" if purpose == SIMULATION else None


def _last(connection: Connection, table: Table, decision_ids: Sequence[str]) -> dict[str, Row]:
    """The last row of each of these decisions that has one."""
    query = select(table).where(table.c.decision_id.in_(decision_ids)).order_by(table.c.position)
    return {row["decision_id"]: dict(row) for row in connection.execute(query).mappings()}


def _claimed(connection: Connection, claim: Claim) -> bytes | None:
    query = select(claims.c.request_sha256, claims.c.reply).where(claims.c.key_name == claim.key_name, claims.c.key == claim.key)
    earlier = connection.execute(query).one_or_none()
    if earlier is None:
        return None
    if earlier.request_sha256 != claim.request_sha256:
        raise IdempotencyConflict("this Idempotency-Key came with another request before; a new request takes a new key")
    reply: bytes = earlier.reply
    return reply
