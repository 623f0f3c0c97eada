"""A person's decision in the place of the model's: recorded with name and reason, and shown to whoever opens the file next."""

import streamlit as st

from dashboard import markup, options
from dashboard.answers import Explained, Review
from dashboard.failing import told
from dashboard.session import Visit, remembered

DECISIONS = ("granted", "refused")


def show(visit: Visit, explained: Explained) -> None:
    """Put what was decided so far on the page, and the form for another decision."""
    words = visit.words
    st.write(words("review.explain"))
    with told(words, "reviews"):
        reviews = _reviews(visit, explained.decision_id)
        markup.show("reviews", words, reviews=reviews, id=explained.decision_id)
    prefix = f"review.{explained.decision_id}."
    decision = options.choose(  # not in the form, which would keep it to itself until it is sent
        st.radio,
        words("review.decision"),
        DECISIONS,
        words,
        key=prefix + "decision",
        first=DECISIONS[0] if explained.refused else DECISIONS[1],
        format_func=lambda one: words(f"review.{one}"),
        horizontal=True,
    )
    with st.form("review", border=False):
        reviewer = st.text_input(
            words("review.reviewer"), max_chars=200, key="reviewer", persist_state="session", autocomplete="name"
        )
        reason = st.text_area(words("review.reason"), max_chars=2000, key=prefix + "reason", persist_state="session")
        sent = st.form_submit_button(words("review.record"), type="primary")
    if sent:
        if missing := [name for name, text in (("reviewer", reviewer), ("reason", reason)) if not any(map(str.isalnum, text))]:
            st.error(" ".join(words(f"review.{name}_missing") for name in missing))
            return
        with told(words, "review"):
            visit.service.review(explained.decision_id, reviewer, decision, reason)
            st.session_state.pop("reviews", None)
            st.session_state["recorded"] = explained.decision_id
            st.rerun()
    if st.session_state.pop("recorded", None) == explained.decision_id:
        st.success(words("review.recorded"))


def _reviews(visit: Visit, decision_id: str) -> list[Review]:
    """What is on record, asked for once a file: others' reviews show when it is opened again."""
    return remembered("reviews", decision_id, lambda: visit.service.logged(decision_id).reviews)
