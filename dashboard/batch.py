"""The deciding of many records in a thread of its own, which waits out what waiting helps and can be stopped and resumed."""

import hashlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import msgspec

from dashboard.answers import Decision
from dashboard.service import Record
from dashboard.trouble import WAITING_HELPS, Kind, Trouble
from scoring.fields import ID

MOST_RECORDS = 500
MOST_BYTES = 3_000_000
"""Asked at once: half of what the service takes (MAX_RECORDS, MAX_BODY_BYTES), so that its answer comes soon."""
LONGEST_PAUSE = 15.0  # seconds
ENDURANCE = 120.0
"""Seconds in a row without an answer that are waited out."""

Decide = Callable[[Sequence[Record], str], Sequence[Decision]]
"""Records and an Idempotency-Key -> their decisions, in their order; raises Trouble."""
Sleep = Callable[[threading.Event, float], object]
"""Let seconds pass, or fewer where the event happens."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a batch stands. Neither running nor finished nor stopped: `trouble` ended it, for now."""

    total: int
    decisions: tuple[Decision, ...] = ()
    refused: int = 0
    seconds_left: float | None = None
    trouble: Trouble | None = None
    """While it runs, what is being waited out."""
    concerned: range = range(0)
    """Which records, by their place, the service would not take."""
    running: bool = False
    stopped: bool = False

    @property
    def decided(self) -> int:
        return len(self.decisions)

    @property
    def finished(self) -> bool:
        return self.decided == self.total


class Batch:
    """Records on their way to decisions; every method returns at once."""

    def __init__(
        self,
        records: Sequence[Record],
        decide: Decide,
        salt: str,
        clock: Callable[[], float] = time.monotonic,
        sleep: Sleep = threading.Event.wait,
    ) -> None:
        """`salt`: what makes a request another one although its records are the same: the model's version, the purpose."""
        self._records = records
        self._decide = decide
        self._salt = salt
        self._clock = clock
        self._sleep = sleep
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._progress = Progress(len(records))

    @property
    def progress(self) -> Progress:
        """Where it stands now; what it gives doesn't change any more."""
        return self._progress

    @property
    def stopping(self) -> bool:
        """Whether it was told to end and hasn't yet, or has."""
        return self._stop.is_set()

    def resume(self) -> None:
        """Begin, or go on after the last record that was decided; nothing where it runs or is finished."""
        if self._progress.running or self._progress.finished:
            return
        if self._thread:
            self._thread.join()  # it has said its last word already
        self._stop.clear()
        self._tell(running=True, stopped=False, trouble=None, concerned=range(0), seconds_left=None)
        self._thread = threading.Thread(target=self._run, name="batch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the request that is out; what is decided stays."""
        self._stop.set()

    def join(self) -> None:
        """Wait until it runs no more."""
        if self._thread:
            self._thread.join()

    def _tell(self, **changes: object) -> None:
        self._progress = replace(self._progress, **changes)  # type: ignore[arg-type]

    def _run(self) -> None:
        trouble: Trouble | None = Trouble(Kind.FAULT, "the batch met an error of its own")
        try:
            self._decide_all()
            trouble = None
        except Trouble as met:
            trouble = met
        finally:  # whatever happens, nobody waits for a thread that is gone
            stopped = self._stop.is_set() and trouble is None and not self._progress.finished
            self._tell(running=False, trouble=trouble, stopped=stopped, seconds_left=None)

    def _decide_all(self) -> None:
        begun, at_first = self._clock(), self._progress.decided
        while not (self._progress.finished or self._stop.is_set()):
            at = self._progress.decided
            chunk, body = self._chunk(at)
            key = hashlib.sha256(self._salt.encode() + b"\n" + body).hexdigest()
            decisions = self._answer(chunk, f"batch-{key}")
            if decisions is None:
                return
            refused = self._progress.refused + sum(one.refused for one in decisions)
            decided = at + len(chunk)
            pace = (self._clock() - begun) / (decided - at_first)
            left = pace * (len(self._records) - decided)
            self._tell(decisions=(*self._progress.decisions, *decisions), refused=refused, seconds_left=left, trouble=None)

    def _chunk(self, at: int) -> tuple[Sequence[Record], bytes]:
        """The records to ask about next, and their JSON: the same ones whenever the same batch gets there."""
        chunk = self._records[at : at + MOST_RECORDS]
        while len(body := msgspec.json.encode(chunk)) > MOST_BYTES and len(chunk) > 1:
            chunk = chunk[: len(chunk) // 2]
        return chunk, body

    def _answer(self, chunk: Sequence[Record], key: str) -> Sequence[Decision] | None:
        """The decisions, however often it takes to ask; None where the batch is stopped while it waits."""
        since, pause = self._clock(), 1.0
        while True:
            try:
                return self._ask(chunk, key)
            except Trouble as trouble:
                wait = trouble.wait or pause
                if trouble.kind not in WAITING_HELPS or self._clock() + wait > since + ENDURANCE:
                    raise
                self._tell(trouble=trouble, seconds_left=None)
            self._sleep(self._stop, wait)
            if self._stop.is_set():
                return None
            pause = min(2 * pause, LONGEST_PAUSE)

    def _ask(self, chunk: Sequence[Record], key: str) -> Sequence[Decision]:
        try:
            decisions = self._decide(chunk, key)
        except Trouble as trouble:
            if trouble.kind is Kind.REFUSED:
                at = self._progress.decided
                self._tell(concerned=range(at, at + len(chunk)))
            raise
        if [one.SK_ID_CURR for one in decisions] != [record.get(ID) for record in chunk]:
            raise Trouble(Kind.VERSION, "the decisions are not those that were asked for")
        return decisions
