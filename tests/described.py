"""The API's description as tests read it: its operations, its examples, and validators of what it describes."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema_rs import Draft202012Validator
from werkzeug.test import TestResponse

VERBS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


@dataclass(frozen=True, slots=True)
class Description:
    """An OpenAPI document."""

    document: Mapping[str, Any]

    def operations(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """(method, path, operation), as in the document."""
        for path, item in self.document["paths"].items():
            for verb in item.keys() & VERBS:
                yield verb.upper(), path, item[verb]

    def operation(self, route: str) -> dict[str, Any]:
        """That of a route as GET / names it, "POST /predict"."""
        method, path = route.split(" ")
        operation: dict[str, Any] = self.document["paths"][path][method.lower()]
        return operation

    def resolved(self, part: dict[str, Any]) -> dict[str, Any]:
        """What a part says itself, or what it refers to."""
        while "$ref" in part:
            target: Any = self.document
            for step in part["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            part = target
        return part

    def response(self, operation: Mapping[str, Any], status: int) -> dict[str, Any]:
        """What an operation says of a status; KeyError where it says nothing."""
        return self.resolved(operation["responses"][str(status)])

    def validator(self, schema: Mapping[str, Any]) -> Draft202012Validator:
        """That of a schema of the document; formats are held, too."""
        return Draft202012Validator({**schema, "components": self.document["components"]}, validate_formats=True)

    def body(self, route: str) -> Draft202012Validator:
        """That of what may be sent to a route."""
        return self.validator(self.operation(route)["requestBody"]["content"]["application/json"]["schema"])

    def media(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Everything that has a schema and perhaps examples, and where it stands."""
        for method, path, operation in self.operations():
            bodies = [operation["requestBody"]] if "requestBody" in operation else []
            for part in (*bodies, *map(self.resolved, operation["responses"].values())):
                for media in part.get("content", {}).values():
                    yield f"{method} {path}", media
            for parameter in operation.get("parameters", ()):
                yield f"{method} {path}: {parameter['name']}", parameter


def examples(media: Mapping[str, Any]) -> dict[str, Any]:
    """What a body or a parameter gives as examples, by name."""
    named = {name: one["value"] for name, one in media.get("examples", {}).items()}
    return named | ({"example": media["example"]} if "example" in media else {})


def accepts(validator: Draft202012Validator, body: Any) -> bool:
    """Whether a schema takes a value as it is once it was JSON."""
    return validator.is_valid(json.loads(json.dumps(body)))


def check_answer(description: Description, operation: Mapping[str, Any], answer: TestResponse) -> dict[str, Any]:
    """Hold an answer against what an operation says of its status, and give the part that describes its body."""
    response = description.response(operation, answer.status_code)
    for name, header in response["headers"].items():
        if name != "Idempotent-Replayed":  # there only where it is true
            description.validator(description.resolved(header)["schema"]).validate(answer.headers[name])
    media: dict[str, Any] = response["content"][answer.mimetype]
    description.validator(media["schema"]).validate(answer.get_json() if answer.is_json else answer.text)
    return media
