"""What a page says when the service gives no answer to work with."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard.trouble import WAITING_HELPS, Trouble
from dashboard.words import Words


@contextmanager
def told(words: Words, key: str) -> Iterator[None]:
    """Say in words what went wrong in the block, with a button to try again where that may help; the page goes on below.

    `key`: tells this button from the page's others.
    """
    try:
        yield
    except Trouble as trouble:
        st.error("\n\n".join([words(f"trouble.{trouble.kind}"), *_problems(words, trouble)]))
        if trouble.kind in WAITING_HELPS:
            st.button(words("trouble.again"), key=f"again.{key}")  # its click runs the page once more, which asks once more


def _problems(words: Words, trouble: Trouble) -> Iterator[str]:
    """The fields that the service named, in words: its sentences are for programmers, and in English."""
    named = [field for field, _ in trouble.problems if field]
    known = [words.language.fields[field] for field in dict.fromkeys(named) if field in words.language.fields]
    if known:
        yield words("trouble.fields", fields=words("value.between").join(known))
