"""The web application: create_app is given its settings, model and log; gunicorn starts `app:from_environment()`."""

import os

from flask import Flask, Response, request

from api import access_log, auth, context, docs, errors, explaining, follow_up, headers, health, openapi, rate_limit, replies
from api.decisions import Desk
from api.metrics import Metrics
from api.replies import document_response, json_response
from model import Scorer
from scoring import __version__
from scoring.decision_log.entries import DecisionLog
from scoring.decision_log.log import SqlLog
from scoring.decision_log.spool import Spool
from scoring.errors import CreditScoringError
from scoring.settings import ROOT, Settings

ROUTES = {
    "GET /": "this page",
    "GET /features": "the fields of a client record",
    "GET /best_threshold": "the PD from which credit is refused, and the costs it follows from",
    "GET /importance": "what moves the probability most, over the clients of the training",
    "GET /reference": "the reference profile: the clients of the training summed up per column",
    "POST /predict": "the decision for one record, {features: record}, [records] or {data: [records]}",
    "POST /predict_proba": "the same with both probabilities",
    "POST /explain": "why: the decision with contributions, reasons and what would change it; or of {decision_id}",
    "POST /data": "what the service understands of the records, without scoring them",
    "GET /decisions/{id}": "a decision as logged, with its reviews and outcomes",
    "POST /decisions/{id}/review": "a person's decision in its place: {reviewer, decision, reason}",
    "POST /outcomes": "what became of a loan: {decision_id, outcome, date}, or a list of them",
    "GET /health/live": "whether the service lives (no key needed)",
    "GET /health/ready": "whether it can be asked for decisions (no key needed)",
    "GET /metrics": "what the service counts, for Prometheus",
    "GET /docs": "the API's description, to try it out in a browser (no key needed)",
    "GET /redoc": "the same, to read (no key needed)",
    "GET /openapi.json": "the same, for programs (no key needed)",
}


def create_app(settings: Settings, scorer: Scorer, log: DecisionLog) -> Flask:
    """The service around a loaded model; raises SettingError where no API key is configured."""
    app = Flask(__name__, static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False  # they would be HTML, if empty
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False  # a redirect is no answer to a POST
    access_log.register(app)
    context.register(app)
    headers.register(app)
    auth.register(app, settings.api_keys)
    if settings.rate_limit:
        rate_limit.register(app, rate_limit.Limiter(settings.rate_limit, [key.name for key in settings.api_keys]))
    errors.register(app)
    _tell_of_the_release(app, scorer)
    metrics = Metrics(scorer.release, Spool(settings.spool_dir))
    metrics.register(app)
    desk = Desk(scorer, log, settings, metrics.issued)
    _take_records(app, scorer, desk)
    explaining.register(app, desk)
    follow_up.register(app, desk)
    health.register(app, scorer, log)
    docs.register(app, openapi.document(scorer.release, settings, __version__))
    return app


def _tell_of_the_release(app: Flask, scorer: Scorer) -> None:
    release = scorer.release

    @app.get("/")
    @auth.open_to_all
    def welcome() -> Response:
        text = "Credit scoring: from a client's record to a probability of default, a decision and its record."
        return json_response(
            {"message": text, "routes": ROUTES, "model_version": release.model_version, "run_id": release.run_id}
        )

    @app.get("/features")
    def features() -> Response:
        return json_response(replies.features(release))

    @app.get("/best_threshold")
    def best_threshold() -> Response:
        return json_response(replies.best_threshold(release))

    @app.get("/importance")
    def importance() -> Response:
        return document_response(scorer.documents["importance.json"], request)

    @app.get("/reference")
    def reference() -> Response:
        return document_response(scorer.documents["reference.json"], request)


def _take_records(app: Flask, scorer: Scorer, desk: Desk) -> None:
    @app.post("/predict")
    def predict() -> Response:
        return desk.answer(replies.prediction)

    @app.post("/predict_proba")
    def predict_proba() -> Response:
        return desk.answer(replies.probabilities)

    @app.post("/data")
    def data() -> Response:
        return desk.understand(lambda request: replies.echo(request, scorer.understand(request.records)))


def from_environment() -> Flask:
    """The app that the environment describes; where that can't be, one line on stderr and no start."""
    access_log.to_stdout()
    try:
        settings = Settings.from_env(os.environ)
        log = SqlLog.of(settings)
        log.prepare()
        return create_app(settings, Scorer.load(settings.model_dir), log)
    except CreditScoringError as error:
        raise SystemExit(f"error: {error.message}") from None


if __name__ == "__main__":
    from dotenv import load_dotenv

    from server.development import run

    load_dotenv(ROOT / ".env")
    run(from_environment(), Settings.from_env(os.environ).port)
