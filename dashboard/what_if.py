"""A client's file with other values, and what the decision would be: a simulation, logged as one."""

from collections.abc import Mapping
from typing import Any

import msgspec
import streamlit as st

from dashboard import markup
from dashboard.answers import Decision, Explained
from dashboard.failing import told
from dashboard.scale import scale
from dashboard.session import DECIDED, Model, Visit, remembered
from dashboard.what_if_inputs import Inputs
from dashboard.words import Words
from scoring.explaining.language import apart


def show(visit: Visit, serving: Model, record: Mapping[str, Any], explained: Explained, client: str) -> None:
    """Put the inputs on the page, and what they lead to. `client`: tells what was typed of this client from others'."""
    words = visit.words
    st.write(words("what_if.explain"))
    inputs = Inputs(words, record, client)
    left, right = st.columns(2, gap="large")
    with left:
        changed = inputs.loan() | inputs.others(serving.fields)
        buttons = st.container(horizontal=True)
        if explained.recourse and explained.recourse.changes:
            wanted = {change.field: change.to for change in explained.recourse.changes}
            buttons.button(words("what_if.try_recourse"), on_click=inputs.fill, args=(wanted,))
        buttons.button(words("what_if.reset"), on_click=inputs.forget, disabled=not changed)
    with right, told(words, "simulation"):
        if changed:
            after = _simulated(visit, {**record, **changed})
            if after.model_version != explained.model_version:  # the decision is of before: another model has come
                st.session_state.pop(DECIDED, None)
                st.rerun()
            _show_effect(words, after, explained)
        else:
            st.caption(words("what_if.nothing_changed"))


def _simulated(visit: Visit, record: Mapping[str, Any]) -> Decision:
    """What the service says of the file, asked once for the same one in a row. Raises Trouble."""
    return remembered("simulated", msgspec.json.encode(record), lambda: visit.service.simulate(record))


def _show_effect(words: Words, after: Decision, before: Decision) -> None:
    threshold, told_before, told_after = apart(words.language.probability, after.threshold, before.probability, after.probability)
    turned = "same" if after.decision == before.decision else "turned"
    markup.show(
        "simulation",
        words,
        after=after,
        sentence=words("what_if.effect", before=told_before, after=told_after, threshold=threshold),
        decision=words(f"what_if.{turned}_{after.decision}"),
        picture=scale(words, after, before),
    )
