"""What the description is made of: JSON Schema and OpenAPI 3.1, as plain dicts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Part = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A path and what a method does there; `answers` by status, without the refusals that every route of its kind has."""

    path: str
    method: str = "get"
    name: str
    summary: str
    description: str
    answers: Mapping[int, Part]
    refusals: tuple[int, ...] = ()
    parameters: tuple[Part, ...] = ()
    body: Part | None = None
    needs_key: bool = True


@dataclass(frozen=True, slots=True)
class Chapter:
    """Routes that belong together, and the schemas that they use."""

    title: str
    description: str
    routes: tuple[Route, ...]
    schemas: Mapping[str, Part] = field(default_factory=dict)


def refer(kind: str, name: str) -> Part:
    """Something that stands under components."""
    return {"$ref": f"#/components/{kind}/{name}"}


def schema(name: str) -> Part:
    """A schema by its name."""
    return refer("schemas", name)


def one_of(*names: str) -> Part:
    """One of several schemas, by their names."""
    return {"oneOf": [schema(name) for name in names]}


def fixed(description: str, members: Mapping[str, Part]) -> Part:
    """An object with these members: each of them, and no other."""
    return {
        "type": "object",
        "description": description,
        "properties": dict(members),
        "required": list(members),
        "additionalProperties": False,
    }


def text(description: str, **rest: Any) -> Part:
    return {"type": "string", "description": description, **rest}


def number(description: str, **rest: Any) -> Part:
    return {"type": "number", "description": description, **rest}


def share(description: str) -> Part:
    return number(description, minimum=0, maximum=1)


def count(description: str, **rest: Any) -> Part:
    return {"type": "integer", "description": description, "minimum": 0, **rest}


def uuid(description: str) -> Part:
    return text(description, format="uuid")


def listed(items: Part, description: str = "", **rest: Any) -> Part:
    return {"type": "array", **({"description": description} if description else {}), "items": items, **rest}


def in_json(of: Part, examples: Mapping[str, Any]) -> Part:
    """A JSON body: its schema, and examples by name."""
    return {"application/json": {"schema": of, "examples": {name: {"value": value} for name, value in examples.items()}}}


def answer(description: str, content: Part | None = None, *headers: str) -> Part:
    """An answer with the headers of these names, besides the one that every answer has."""
    told = {name: refer("headers", name) for name in ("x-request-id", *headers)}
    return {"description": description, "headers": told, **({"content": content} if content else {})}
