"""A client's file and the decision on it, for who has the client on the other side of the desk."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import choice, client_file, comparison, review, verdict, what_if, why
from dashboard.answers import Explained
from dashboard.failing import told
from dashboard.session import DECIDED, Visit, known_model, model
from dashboard.words import Words
from scoring.fields import FIELDS

TABS = ("why", "what_if", "file", "compare", "review")
_OPEN = "open tab"


def show(visit: Visit) -> None:
    """The page: choose a client, see the decision; the tabs say the rest."""
    words = visit.words
    record = choice.choose(visit)
    if record is None:
        st.write(words("client.intro"))
        return
    digest = hashlib.sha256(msgspec.json.encode(record)).hexdigest()
    explained = None
    with told(words, "decision"):
        explained = _decided(visit, record, digest)
        verdict.show(words, explained)
    serving = known_model()
    why_tab, what_if_tab, file_tab, compare_tab, review_tab = _tabs(words)
    with file_tab:
        client_file.show(record, [field.name for field in FIELDS], words)
    if explained is None or serving is None:
        for tab in (why_tab, what_if_tab, compare_tab, review_tab):
            tab.write(words("client.no_decision"))
        return
    with why_tab:
        why.show(words, explained)
    with what_if_tab:
        what_if.show(visit, serving, record, explained, digest[:12])
    with compare_tab:
        comparison.show(words, serving, record, explained)
    with review_tab:
        review.show(visit, explained)


def _tabs(words: Words) -> Sequence[DeltaGenerator]:
    """The tabs in their order; the one that is open stays so in the other language."""
    key = f"tab.{words.code}"
    st.session_state.setdefault(key, words(f"client.{st.session_state.get(_OPEN, TABS[0])}"))
    tabs = st.tabs([words(f"client.{tab}") for tab in TABS], key=key, on_change="rerun")
    st.session_state[_OPEN] = next(name for name, tab in zip(TABS, tabs, strict=True) if tab.open)
    return tabs


def _decided(visit: Visit, record: Mapping[str, Any], digest: str) -> Explained:
    """The decision on the file, asked for once: it stands while this client is chosen and this model known. Raises Trouble."""
    known: tuple[str, Explained] | None = st.session_state.get(DECIDED)
    serving = known_model()
    if known is None or serving is None or known[0] != digest + serving.version:
        one = visit.service.in_turn()
        version = model(one()).version
        known = digest + version, one().decide(record, version)
        st.session_state[DECIDED] = known
    return known[1]
