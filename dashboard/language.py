"""The language that a visitor reads: chosen on the page, kept in its address, told to the browser and to Streamlit."""

from pathlib import Path

import streamlit as st

from dashboard.words import CHOICES, Words, words
from scoring.explaining.language import CODES

_IN_ADDRESS, _KEY = "lang", "language"
_SCRIPT = Path(__file__).with_name("relabel.js")


def chosen_language() -> Words:
    """Let the visitor choose; until then what the address or the browser says, and French where they say neither language."""
    if _KEY not in st.session_state:
        asked = (st.query_params.get(_IN_ADDRESS), (st.context.locale or "")[:2])
        st.session_state[_KEY] = next((code for code in asked if code in CODES), CODES[0])
    with st.container(horizontal=True, horizontal_alignment="right"):
        code = st.segmented_control(
            " / ".join(words(code)("page.language") for code in CODES),
            list(CODES),
            format_func=CHOICES.__getitem__,
            required=True,
            key=_KEY,
            persist_state="session",
            label_visibility="collapsed",
        )
    st.query_params[_IN_ADDRESS] = str(code)
    return words(str(code))


def tell(chosen: Words) -> None:
    """Have the browser, and what Streamlit writes of its own, say the same language."""
    relabel = st.components.v2.component("relabel", js=_SCRIPT.read_text("utf-8"))
    relabel(data={"code": chosen.code, "texts": chosen.texts["streamlit"]}, key="relabel", height=1)
