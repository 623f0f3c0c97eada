"""The real app over HTTP, for a month that has passed: what is sent to it, and when it believes that to be."""

import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from app import create_app
from model import Scorer
from scoring.decision_log.database import Database
from scoring.decision_log.dated import DatedLog
from scoring.decision_log.log import SqlLog
from scoring.decision_log.spool import Spool
from scoring.errors import OutputError
from scoring.fields import TARGET
from scoring.settings import Settings
from scoring.synthetic.demo import as_records
from server.development import in_thread

OPENS, HOURS = 9, 9
AT_ONCE = 10
"""Clients a request."""
REVIEWED = 0.03
"""Of the refused, whom a person looks at; half of them are granted credit after all."""


def serve_month(scorer: Scorer, days: Sequence[pd.DataFrame], first: datetime, database: Database, spool: Path) -> None:
    """Have the app decide about each day's clients, from the day `first` on, and log it in a database without tables.

    Raises OutputError where it doesn't answer as it should.
    """
    key = secrets.token_hex()
    settings = Settings.from_env({"API_KEY": key, "SPOOL_DIR": str(spool)})
    clock = _Clock(first)
    log = SqlLog(database, Spool(spool))
    log.prepare()
    told: list[dict[str, Any]] = []
    with in_thread(create_app(settings, scorer, DatedLog(log, clock))) as port:
        caller = _Caller(port, key)
        with tqdm(total=sum(map(len, days)), unit=" clients", leave=False, disable=None) as bar:
            for number, clients in enumerate(days):
                told += _day(caller, clock, first + timedelta(days=number), clients, bar)
        for start in range(0, len(told), settings.max_records):
            caller.post("/outcomes", told[start : start + settings.max_records])


class _Clock:
    """Says the time that it was told last."""

    def __init__(self, time: datetime) -> None:
        self.time = time

    def __call__(self) -> datetime:
        return self.time


class _Caller:
    """Posts JSON with a key, and wants it done."""

    def __init__(self, port: int, key: str) -> None:
        self._port = port
        self._headers = {"x-api-key": key, "content-type": "application/json"}

    def post(self, path: str, body: Any) -> Any:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.request("POST", path, json.dumps(body), self._headers)
            answer = connection.getresponse()
            document = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status >= 300:
            raise OutputError(f"the service answers POST {path} with {answer.status}: {document['error']['message']}")
        return document


def _day(caller: _Caller, clock: _Clock, day: datetime, clients: pd.DataFrame, bar: Any) -> list[dict[str, Any]]:
    """Have a day's clients decided about, some refusals reviewed; gives what becomes of the loans granted."""
    rng = np.random.default_rng(day.toordinal())
    outcomes = []
    for start in range(0, len(clients), AT_ONCE):
        clock.time = day + timedelta(hours=OPENS + HOURS * start / len(clients))
        asking = clients.iloc[start : start + AT_ONCE]
        decided = caller.post("/predict", as_records(asking))["decisions"]
        for decision, defaults in zip(decided, asking[TARGET], strict=True):
            if _granted(caller, decision, rng):
                outcomes.append(_outcome(decision["decision_id"], bool(defaults)))
        bar.update(len(asking))
    return outcomes


def _granted(caller: _Caller, decision: dict[str, Any], rng: np.random.Generator) -> bool:
    """Whether credit is granted in the end."""
    if decision["decision"] == "granted" or rng.random() > REVIEWED:
        return bool(decision["decision"] == "granted")
    word = "granted" if rng.random() < 1 / 2 else "refused"
    review = {"reviewer": "simulated", "decision": word, "reason": "a simulated review"}
    caller.post(f"/decisions/{decision['decision_id']}/review", review)
    return word == "granted"


def _outcome(decision_id: str, defaults: bool) -> dict[str, Any]:
    return {
        "decision_id": decision_id,
        "outcome": "defaulted" if defaults else "repaid",
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
    }
