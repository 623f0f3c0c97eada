"""A choice among options that are said in words: it stays in the other language, and while another page is shown."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from dashboard.words import Words


def choose(
    widget: Callable[..., Any], label: str, options: Sequence[Any], words: Words, *, key: str, first: Any = None, **settings: Any
) -> Any:
    """What is chosen with one of Streamlit's widgets. `first`: before anything is; a list where several can be.

    Streamlit knows an option by its words on the page, and forgets a choice whose words are gone. So each language has a widget
    of its own, and what was chosen is kept beside them.
    """
    own = f"{key}.{words.code}"
    if own not in st.session_state:
        st.session_state[own] = _possible(st.session_state.get(key, first), options, first)
    chosen = st.session_state[key] = widget(label, options, key=own, **settings)
    return chosen


def _possible(kept: Any, options: Sequence[Any], first: Any) -> Any:
    """What of a choice can still be made: the options may have become others meanwhile."""
    if isinstance(kept, list):
        return [one for one in kept if one in options]
    return kept if kept in options else first
