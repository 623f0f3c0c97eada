"""The API's description, OpenAPI 3.1, made of the same field table as the validator; it validates nothing itself."""

from typing import Any

from api.openapi import afterwards, deciding, errors, service, telling
from api.openapi.headers import HEADERS
from api.openapi.parts import Chapter, Part, Route
from api.openapi.refusals import OF_A_KEY, OF_ALL
from model import Release
from scoring.settings import Settings

KEY = "apiKey"


def document(release: Release, settings: Settings, version: str) -> dict[str, Any]:
    """The description of the service that serves this release under these settings."""
    chapters = (
        deciding.chapter(release, settings),
        afterwards.chapter(release, settings),
        telling.chapter(release),
        service.chapter(release),
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Credit scoring",
            "version": version,
            "summary": "From a client's record to a probability of default, a decision and its record",
            "description": _introduction(settings),
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "security": [{KEY: []}],
        "tags": [{"name": chapter.title, "description": chapter.description} for chapter in chapters],
        "paths": _paths(chapters),
        "components": {
            "schemas": _schemas(chapters),
            "responses": errors.responses(settings.rate_limit),
            "headers": HEADERS,
            "securitySchemes": {KEY: {"type": "apiKey", "in": "header", "name": "x-api-key"}},
        },
    }


def _introduction(settings: Settings) -> str:
    return f"""\
A body is `application/json` in UTF-8, one document of up to {settings.max_body_bytes:,} bytes and {settings.max_records:,} \
records, nested at most {settings.max_nesting} deep, in which no name stands twice and every number fits a 64-bit float.

Every answer has the header `x-request-id`. Every error has one shape, `Error`, with a `code` for programs. A path that isn't \
listed here is a 404, a method that isn't a 405, and without a valid key both are a 401. What isn't an HTTP request, or is too \
slow or too large to become one, is refused in the same shape before it reaches a route: 400, 408, 414, 417 and 431.
"""


def _schemas(chapters: tuple[Chapter, ...]) -> dict[str, Part]:
    schemas = {"Error": errors.error()}
    for chapter in chapters:
        schemas |= chapter.schemas
    return {name: {"title": name, **of} for name, of in schemas.items()}  # the pages show the title alone


def _paths(chapters: tuple[Chapter, ...]) -> dict[str, Part]:
    paths: dict[str, Part] = {}
    for chapter in chapters:
        for route in chapter.routes:
            paths.setdefault(route.path, {})[route.method] = _operation(route, chapter.title)
    return paths


def _operation(route: Route, tag: str) -> Part:
    statuses = {*OF_ALL, *route.refusals, *(OF_A_KEY if route.needs_key else ())}
    answers = {str(status): answer for status, answer in route.answers.items()}
    operation: Part = {
        "operationId": route.name,
        "tags": [tag],
        "summary": route.summary,
        "description": route.description,
        "responses": answers | errors.by_status(sorted(statuses)),
    }
    if route.parameters:
        operation["parameters"] = list(route.parameters)
    if route.body:
        operation["requestBody"] = route.body
    return operation if route.needs_key else {**operation, "security": []}
