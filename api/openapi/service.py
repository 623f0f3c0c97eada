"""The routes that tell of the service itself: whether it lives, what it counts, its description."""

from api.docs import ASSETS
from api.openapi.parts import Chapter, Part, Route, answer, fixed, in_json, schema, text
from api.openapi.telling import CACHED, unchanged
from model import Release

NAME: Part = {
    "name": "name",
    "in": "path",
    "required": True,
    "description": "the file's",
    "schema": {"type": "string", "enum": list(ASSETS)},
}


def chapter(release: Release) -> Chapter:
    """All but one of them need no key."""
    return Chapter(
        "The service",
        "Whether it lives, what it counts, and its description. All but /metrics need no key.",
        (_welcome(release), _live(), _ready(release), _metrics(release), *_description()),
        _schemas(),
    )


def _schemas() -> dict[str, Part]:
    welcome = {
        "message": text("in a sentence"),
        "routes": {"type": "object", "description": "by method and path", "additionalProperties": {"type": "string"}},
        "model_version": text("the release that is served"),
        "run_id": text("the MLflow run that it comes from"),
    }
    log = text("where decisions go: to the database, or while it is away to this machine's disk", enum=["database", "spool"])
    ready = {"status": {"type": "string", "const": "ready"}, "model_version": text("the release that is served"), "log": log}
    return {
        "Welcome": fixed("What this is.", welcome),
        "Alive": fixed("It answers.", {"status": {"type": "string", "const": "alive"}}),
        "Ready": fixed("It can decide.", ready),
    }


def _welcome(release: Release) -> Route:
    example = {
        "message": "Credit scoring: from a client's record to a probability of default, a decision and its record.",
        "routes": {"POST /predict": "the decision for one record, {features: record}, [records] or {data: [records]}"},
        "model_version": release.model_version,
        "run_id": release.run_id,
    }
    return Route(
        path="/",
        name="welcome",
        summary="The routes and the model's version",
        description="Where to begin.",
        answers={200: answer("What this is; the example is shortened.", in_json(schema("Welcome"), {"shortened": example}))},
        needs_key=False,
    )


def _live() -> Route:
    return Route(
        path="/health/live",
        name="live",
        summary="Whether the service answers",
        description="It looks at nothing else: what gets no answer may start the service again.",
        answers={200: answer("It does.", in_json(schema("Alive"), {"alive": {"status": "alive"}}))},
        needs_key=False,
    )


def _ready(release: Release) -> Route:
    ready = {"status": "ready", "model_version": release.model_version, "log": "database"}
    return Route(
        path="/health/ready",
        name="ready",
        summary="Whether the service can decide",
        description="It can while the model scores as it did at release, and a decision can be recorded.",
        answers={200: answer("It can.", in_json(schema("Ready"), {"ready": ready}))},
        refusals=(503,),
        needs_key=False,
    )


def _metrics(release: Release) -> Route:
    example = f"# TYPE credit_threshold gauge\ncredit_threshold {release.threshold!r}\n"
    content = {"text/plain": {"schema": {"type": "string"}, "examples": {"shortened": {"value": example}}}}
    return Route(
        path="/metrics",
        name="metrics",
        summary="What the service counts",
        description="Requests, decisions and their probabilities, in Prometheus' text format.",
        answers={200: answer("The counters; the example is shortened.", content)},
    )


def _description() -> tuple[Route, ...]:
    members = ["openapi", "info", "paths", "components"]
    content = {"application/json": {"schema": {"type": "object", "description": "OpenAPI 3.1", "required": members}}}
    files = _as("text/javascript", "text/css", "image/svg+xml")
    return (
        _file("/openapi.json", "openapi", "This description", content),
        _file("/docs", "docs", "This description, to try it out in a browser", _as("text/html")),
        _file("/redoc", "redoc", "This description, to read in a browser", _as("text/html")),
        _file("/assets/{name}", "asset", "What these pages are made of", files, (NAME,), (404,)),
    )


def _file(
    path: str, name: str, summary: str, content: Part, parameters: tuple[Part, ...] = (), refusals: tuple[int, ...] = ()
) -> Route:
    return Route(
        path=path,
        name=name,
        summary=summary,
        description="It changes with the service alone, and its ETag with it. No other host is asked for anything.",
        parameters=(*parameters, *CACHED),
        answers={200: answer("The file.", content, "ETag"), 304: unchanged()},
        refusals=(412, *refusals),
        needs_key=False,
    )


def _as(*kinds: str) -> Part:
    return {kind: {"schema": {"type": "string"}} for kind in kinds}
