"""Replay: each decision that still has its record is made again by the model that its row names, and held against the log."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from scoring.decision_log.chain import Head
from scoring.decision_log.parts import Part
from scoring.decision_log.verifying import Finding, Purge, findings, is_readable
from scoring.errors import InvalidRequest
from scoring.schema import Record, columns, logged_record

BATCH = 1000
PD_TOLERANCE = 1e-15
"""exp differs in its last bit between processors."""

WRONG_CLIENT = "its client isn't its record's"

Row = Mapping[str, Any]


class Scores(Protocol):
    """What a model says of n clients, each (n,)."""

    @property
    def raw(self) -> NDArray[np.float64]: ...
    @property
    def probability(self) -> NDArray[np.float64]: ...


class Model(Protocol):
    """A released model: model.Scorer, or what stands in for it."""

    threshold: float

    def score(self, columns: Mapping[str, Any]) -> Scores: ...


Models = Callable[[str], Model | None]
"""The model of a sha256, if it is here."""


class Found(NamedTuple):
    """What is wrong at a position of the log, and with which decision, where that is known."""

    position: int
    decision_id: str | None
    problem: str

    def __str__(self) -> str:
        of = f", decision {self.decision_id}" if self.decision_id else ""
        return f"row {self.position:,}{of}: {self.problem}"


@dataclass(slots=True)
class Tally:
    """What was looked at: rows of the chain, and decisions by what became of them; `without_model` by sha256."""

    rows: int = 0
    broken: int = 0
    identical: int = 0
    differ: int = 0
    purged: int = 0
    without_model: Counter[str] = field(default_factory=Counter)


def replayed(part: Part, purges: Sequence[Purge], models: Models, tally: Tally) -> Iterator[Found]:
    """What is wrong with a part of the log: with its chain, and with each decision made again; the tally grows on the way."""
    reached, about = part.start, dict[int, str | None]()
    while rows := list(islice(part.rows, BATCH)):
        last = Head(rows[-1][1]["position"], rows[-1][1]["digest"])
        about = {row["position"]: row.get("decision_id") for _, row in rows}
        yield from _broken(findings(rows, reached, last, purges), about, tally)
        decisions = [row for table, row in rows if table == "decisions" and is_readable(table, row)]
        made = [row for row in decisions if row["time"] >= part.since]
        yield from _made_again(made, models, tally)
        tally.rows += len(rows)
        reached = last
    yield from _broken(findings([], reached, part.end), about, tally)


def _broken(found: Iterable[Finding], about: Mapping[int, str | None], tally: Tally) -> Iterator[Found]:
    for position, problem in found:
        tally.broken += 1
        yield Found(position, about.get(position), problem)


def _made_again(made: Iterable[Row], models: Models, tally: Tally) -> Iterator[Found]:
    by_model: defaultdict[str, list[Row]] = defaultdict(list)
    for row in made:
        if row["record"] is None:
            tally.purged += 1
        else:
            by_model[row["model_sha256"]].append(row)
    for sha256, rows in by_model.items():
        if model := models(sha256):
            yield from _compared(rows, model, tally)
        else:
            tally.without_model[sha256] += len(rows)
            yield from (Found(row["position"], row["decision_id"], WRONG_CLIENT) for row in rows if not _names_its_client(row))


def _compared(rows: Iterable[Row], model: Model, tally: Tally) -> Iterator[Found]:
    readable: list[tuple[Row, Record]] = []
    for row in rows:
        try:
            readable.append((row, logged_record(row["record"])))
        except InvalidRequest as error:
            tally.differ += 1
            yield Found(row["position"], row["decision_id"], f"its record can't be read by this code: {error.message}")
    if not readable:
        return
    scores = model.score(columns([record for _, record in readable]))
    for (row, record), raw, probability in zip(readable, scores.raw.tolist(), scores.probability.tolist(), strict=True):
        if problems := list(_differences(row, record.client, raw, probability, model.threshold)):
            tally.differ += 1
            yield Found(row["position"], row["decision_id"], "; ".join(problems))
        else:
            tally.identical += 1


def _differences(row: Row, client: int | None, raw: float, probability: float, threshold: float) -> Iterator[str]:
    """What of a decision isn't so: in words without a client's numbers."""
    if row["raw_score"] != raw:
        yield "its raw score isn't the one that its model gives its record"
    if not abs(row["probability"] - probability) <= PD_TOLERANCE:  # so that NaN differs
        yield "its PD isn't the one that its model gives its record"
    if row["threshold"] != threshold:
        yield "its threshold isn't its model's"
    if row["decision"] != ("refused" if row["probability"] >= row["threshold"] else "granted"):
        yield "its decision isn't what its PD and threshold say"
    if row["client"] != client:
        yield WRONG_CLIENT


def _names_its_client(row: Row) -> bool:
    try:
        return bool(row["client"] == logged_record(row["record"]).client)
    except InvalidRequest:
        return True  # nobody can tell: the field table of this code isn't that record's
