"""What came in: of each field how often it was unknown, out of the model's range, or a label that training never saw."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from scoring.decision_log.sampling import rows_at
from scoring.decision_log.schema import decisions as decisions_table
from scoring.errors import InvalidRequest
from scoring.explaining.profile import ALL, Profile
from scoring.inputs import MISSING_CODES
from scoring.monitoring.counting import share
from scoring.monitoring.decisions import Decisions
from scoring.monitoring.periods import Periods
from scoring.schema import Record, logged_record

Counts = NDArray[np.int64]

SAMPLE = 20_000
LATELY = 500
"""Records, or a few more: those of the last periods that together have so many are what came in lately."""


class Understood(Protocol):
    """What the model could make of a record: fields that it knows nothing of, or that have values that training never saw."""

    @property
    def missing(self) -> tuple[str, ...]: ...

    @property
    def out_of_range(self) -> tuple[str, ...]: ...

    @property
    def unseen(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Model:
    """What received records are held against: the fields, the most important first, what understands records, what was usual."""

    fields: Sequence[str]
    understand: Callable[[Sequence[Record]], Sequence[Understood]]
    profile: Profile


def received(
    connection: Connection,
    decisions: Decisions,
    periods: Periods,
    model: Model,
    *,
    size: int = SAMPLE,
    seed: int = 0,
    say: Callable[[int], object] = lambda _: None,
) -> dict[str, Any]:
    """The figures of a sample of decisions, all by the model: by field, the most important first, in the whole and by period.

    Records that were purged, or that this field table doesn't take, are counted and left out.
    """
    drawn = decisions.picked(spread_sample(len(decisions), size, seed))
    tally = _Tally(len(periods), model.fields)
    places = dict(zip(drawn.position.tolist(), periods.of(drawn.time).tolist(), strict=True))
    purged = 0
    for texts in rows_at(connection, list(places), decisions_table.c.position, decisions_table.c.record):
        known = [(places[position], text) for position, text in texts if text is not None]
        purged += len(texts) - len(known)
        tally.count(known, model.understand)
        say(len(texts))
    lately = tally.lately()
    heads = [{**head, "records": n} for head, n in zip(periods.named(), tally.records.tolist(), strict=True)]
    return {
        "decisions": len(decisions),
        "sampled": len(drawn),
        "purged": purged,
        "unreadable": tally.unreadable,
        "seed": seed,
        "lately": {"from": heads[lately]["from"], "records": int(tally.records[lately:].sum())},
        "periods": heads,
        "fields": [tally.field(name, lately, model.profile) for name in model.fields],
    }


def spread_sample(number: int, size: int, seed: int) -> Counts:
    """Places of `size` of `number` rows, or of all if they are fewer: one drawn from each of as many even stretches of them."""
    if number <= size:
        return np.arange(number)
    ends = np.arange(size + 1) * number // size
    return np.random.default_rng(seed).integers(ends[:-1], ends[1:])


class _Tally:
    """Records (periods,), and of them those with a field unknown, or with a value that training never saw: (periods, fields)."""

    def __init__(self, periods: int, fields: Sequence[str]) -> None:
        self._column = {name: place for place, name in enumerate(fields)}
        self.records = np.zeros(periods, dtype=np.int64)
        self.unknown, self.unusual = (np.zeros((periods, len(fields)), dtype=np.int64) for _ in range(2))
        self.unreadable = 0

    def count(self, texts: Sequence[tuple[int, str]], understand: Callable[[Sequence[Record]], Sequence[Understood]]) -> None:
        """Add records, given as period and text."""
        decoded = [(period, record) for period, text in texts if (record := _decoded(text))]
        self.unreadable += len(texts) - len(decoded)
        if not decoded:
            return
        for (period, _), found in zip(decoded, understand([record for _, record in decoded]), strict=True):
            self.records[period] += 1
            for counted, names in ((self.unknown, found.missing), (self.unusual, (*found.out_of_range, *found.unseen))):
                counted[period, [self._column[name] for name in names]] += 1

    def lately(self) -> int:
        """The first of the last periods that together have LATELY records."""
        from_each_on = self.records[::-1].cumsum()[::-1]
        return max(0, int((from_each_on >= LATELY).sum()) - 1)

    def field(self, name: str, lately: int, profile: Profile) -> dict[str, Any]:
        """A field's figures: of all, of the periods from `lately` on, and of each."""
        place, records = self._column[name], self.records.tolist()
        figures: dict[str, Any] = {"field": name, "unknown_in_training": unknown_in_training(name, profile)}
        for title, counted in (("unknown", self.unknown), ("unusual", self.unusual)):
            by_period = counted[:, place].tolist()
            figures[title] = share(sum(by_period), sum(records))
            figures[f"{title}_lately"] = share(sum(by_period[lately:]), sum(records[lately:]))
            figures[f"{title}_by_period"] = [share(part, whole) for part, whole in zip(by_period, records, strict=True)]
        return figures


def unknown_in_training(field: str, profile: Profile) -> float:
    """Of how many of the training's clients a field was unknown, but for those whose value says that there is none."""
    unknown = 1 - profile.known(field, ALL)
    return max(0.0, unknown - profile.share(f"{field}_NONE", 1.0, ALL)) if field in MISSING_CODES else unknown


def _decoded(text: str) -> Record | None:
    try:
        return logged_record(text)
    except (InvalidRequest, UnicodeError):
        return None
