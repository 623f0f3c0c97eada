"""Bad requests, by matter: those written by hand, and families that are made by rule."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

from tests.robustness.corpus import (
    chunks,
    encodings,
    fields,
    follow_ups,
    forms,
    framing,
    headers,
    keys,
    nesting,
    paths,
    sizes,
    strings,
    syntax,
    values,
    wire,
)
from tests.robustness.corpus.case import Case


class Group(NamedTuple):
    """Cases of one matter; `family`: made by rule, so that a test may do with a sample; so many callers fire at once."""

    name: str
    cases: Callable[[], Iterable[Case]]
    family: bool = False
    callers: int = 1


def groups(decision: str, simulation: str) -> list[Group]:
    """All of them; two decisions in the log, one of them simulated, are what follow-ups follow."""
    return [
        Group("no JSON: syntax, numbers, names twice", syntax.cases),
        Group("no JSON: encodings and formats", encodings.cases),
        Group("valid JSON, wrong values", values.cases),
        Group("names and labels: injections, look-alikes", strings.cases),
        Group("forms and records that don't go together", forms.cases),
        Group("nested deeply", nesting.cases),
        Group("large", sizes.cases),
        Group("keys", keys.cases),
        Group("headers: types, encodings, purposes, repetition", headers.cases),
        Group("paths and methods", paths.cases),
        Group("not HTTP: lines, headers, lengths", wire.cases),
        Group("chunks", chunks.cases),
        Group("lengths, pipelines, expectations", framing.cases),
        Group("callers who stop in the middle", framing.slow, callers=4),
        Group("reviews and outcomes", partial(follow_ups.cases, decision, simulation)),
        Group("each number field", partial(fields.cases, "number"), family=True),
        Group("each label field", partial(fields.cases, "label"), family=True),
        Group("each flag", partial(fields.cases, "flag"), family=True),
        Group("the id", partial(fields.cases, "integer"), family=True),
        Group("a record cut short after each byte", syntax.cut_short, family=True),
        Group("single bytes", encodings.single_bytes, family=True),
    ]
