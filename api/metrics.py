"""What the service counts, for Prometheus: under gunicorn the sum over all workers, whichever of them is asked."""

import logging
from collections import Counter as Tally
from collections.abc import Iterator, Sequence

from flask import Flask, Response
from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest, values
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from api import context
from model import Decision, Release
from scoring import traces
from scoring.decision_log.entries import DECISION, PURPOSES
from scoring.decision_log.spool import Spool

SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
PDS = (0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.12, 0.16, 0.2, 0.3, 0.5)
UNKNOWN_ROUTE, OTHER_METHOD = "unknown", "other"

log = logging.getLogger(__name__)


class Metrics:
    """The counters of one app. No label is in the caller's hands, and what can't be counted costs nobody an answer."""

    def __init__(self, release: Release, spool: Spool) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_Now(release, spool))
        # When each counter began doubles the page, and isn't known of those that workers count together.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        together = values.ValueClass is not values.MutexValue  # server.metrics_files has changed it
        own = None if together else self.registry
        if together:
            MultiProcessCollector(self.registry)  # type: ignore[no-untyped-call]
        fields = len(release.fields)
        tenths = sorted({fields * i // 10 for i in range(10)})
        bounds = sorted({*PDS, release.threshold})  # a PD that is the threshold is refused, and counts below the bound
        self._requests = Counter("credit_requests", "Requests.", ["route", "method", "status"], registry=own)
        self._seconds = Histogram("credit_request_seconds", "Time to the answer.", ["route"], buckets=SECONDS, registry=own)
        self._decisions = Counter("credit_decisions", "Decisions on record.", ["decision", "purpose"], registry=own)
        self._pd = Histogram("credit_pd", "PD of a decision, no simulation.", buckets=bounds, registry=own)
        self._missing = Histogram(
            "credit_missing_fields", f"Unknown to a decision, of {fields} fields.", buckets=tenths, registry=own
        )
        for purpose in PURPOSES:
            for word in ("granted", "refused"):
                self._decisions.labels(word, purpose)  # 0 until there is one: else the first is no increase

    def register(self, app: Flask) -> None:
        """Count every request from now on, and tell what was counted."""
        app.after_request(self._count)

        @app.get("/metrics")
        def metrics() -> Response:
            response = Response(generate_latest(self.registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)
            response.headers["Cache-Control"] = "no-store"
            return response

    def issued(self, purpose: str, decisions: Sequence[Decision]) -> None:
        """Count decisions that are on record."""
        try:
            for word, number in Tally(one.word for one in decisions).items():
                self._decisions.labels(word, purpose).inc(number)
            for one in decisions if purpose == DECISION else ():
                self._pd.observe(one.probability)
                self._missing.observe(len(one.understood.missing))
        except Exception as error:  # noqa: BLE001  # a decision that is on record is answered, counted or not
            log.error("decisions could not be counted: %s", traces.of(error))

    def _count(self, response: Response) -> Response:
        try:
            route, method = context.route() or UNKNOWN_ROUTE, context.method() or OTHER_METHOD
            self._requests.labels(route, method, response.status_code).inc()
            self._seconds.labels(route).observe(context.elapsed())
        except Exception as error:  # noqa: BLE001  # as above
            log.error("a request could not be counted: %s", traces.of(error))
        return response


class _Now(Collector):
    """What is asked at each scrape, and is the same for every worker."""

    def __init__(self, release: Release, spool: Spool) -> None:
        self._release = release
        self._spool = spool

    def collect(self) -> Iterator[Metric]:
        release = self._release
        waiting = len(self._spool.files())
        names = {"model_version": release.model_version, "run_id": release.run_id, "sha256": release.sha256}
        yield GaugeMetricFamily("credit_spool_files", "Files of decisions that wait for the database.", value=waiting)
        yield GaugeMetricFamily("credit_threshold", "The PD from which credit is refused.", value=release.threshold)
        yield InfoMetricFamily("credit_model", "The model that serves.", value=names)
