"""Whether the process lives, and whether it can be asked for decisions."""

import logging
import math
import threading
import time
from collections.abc import Callable

from flask import Flask, Response

from api import auth
from api.replies import json_response
from model import Scorer
from scoring import traces
from scoring.decision_log.entries import DecisionLog
from scoring.errors import CreditScoringError, LogUnavailable, NotReady

HOLDS = 1.0
"""Seconds for which a finding holds: anyone may ask, and an answer costs a commit."""

log = logging.getLogger(__name__)


class Readiness:
    """What keeps this process from deciding, looked into when somebody asks."""

    def __init__(self, scorer: Scorer, decision_log: DecisionLog, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._scorer = scorer
        self._log = decision_log
        self._lock = threading.Lock()
        self._scores_as_released = False
        self._found_at = -math.inf
        self._found: str | CreditScoringError = ""

    def where_decisions_go(self) -> str:
        """To the database or the spool; raises NotReady, or LogUnavailable where they can't go anywhere."""
        if self._lock.acquire(blocking=self._found_at == -math.inf):  # who comes meanwhile is told what was found before
            try:
                if self._clock() - self._found_at >= HOLDS:
                    self._found = self._look()
                    self._found_at = self._clock()
            finally:
                self._lock.release()
        found = self._found
        if isinstance(found, CreditScoringError):
            raise type(found)(found.message)  # anew: one that is raised again and again carries all its traces along
        return found

    def _look(self) -> str | CreditScoringError:
        try:
            if not self._scores_as_released:
                self._scorer.check()
                self._scores_as_released = True
            return self._log.check()
        except LogUnavailable as error:
            return error
        except Exception as error:  # noqa: BLE001  # whatever it is, it is no reason to send decisions here
            log.error("not ready: %s", traces.of(error))
            return NotReady("the service can't decide, or not put decisions on record; its log says why")


def register(app: Flask, scorer: Scorer, decision_log: DecisionLog) -> None:
    """Answer the platform, which has no key."""
    readiness = Readiness(scorer, decision_log)

    @app.get("/health/live")
    @auth.open_to_all
    def live() -> Response:
        return json_response({"status": "alive"})

    @app.get("/health/ready")
    @auth.open_to_all
    def ready() -> Response:
        where = readiness.where_decisions_go()
        return json_response({"status": "ready", "model_version": scorer.model_version, "log": where})
