"""What one visitor's pages share: the service, the language, and what the service said of its model."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import streamlit as st

from dashboard.answers import Field, Threshold
from dashboard.service import Service
from dashboard.words import Words
from scoring.explaining.importance import Importance
from scoring.explaining.profile import Profile

T = TypeVar("T")

DECIDED = "decided"
"""Where the decision is kept that is on the page; without it the service is asked again."""


@dataclass(frozen=True)
class Model:
    """What the service says of the model that serves."""

    version: str
    fields: Sequence[Field]
    threshold: Threshold
    importance: Importance
    profile: Profile

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        return {field.name: field for field in self.fields}


@dataclass(frozen=True, slots=True)
class Visit:
    """What a page is given: whom to ask, in which words to answer."""

    service: Service
    words: Words


def model(service: Service) -> Model:
    """The model that serves now; what this visit knows of it already isn't asked again. Raises Trouble."""
    one = service.in_turn()
    version = one().model_version()
    known = known_model()
    if known is None or known.version != version:
        known = Model(version, one().features(), one().threshold(), one().importance(), one().profile())
        st.session_state["model"] = known
    return known


def known_model() -> Model | None:
    """The model as far as this visit knows it; None where the service hasn't been asked, or didn't answer."""
    known: Model | None = st.session_state.get("model")
    return known


def remembered(name: str, key: object, ask: Callable[[], T]) -> T:
    """What `ask` gave when it was last asked for this key; of each name one key is remembered."""
    known: tuple[object, T] | None = st.session_state.get(name)
    if known is None or known[0] != key:
        known = key, ask()
        st.session_state[name] = known
    return known[1]
