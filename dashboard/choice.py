"""Which client: one of those that ship, or of a file that was dropped in."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import streamlit as st

from dashboard import markup, options
from dashboard.answers import Field
from dashboard.failing import told
from dashboard.reading import BadFile, read_records, sentences
from dashboard.service import Record
from dashboard.session import Visit, model
from dashboard.values import written
from dashboard.words import Words
from scoring.fields import ID
from scoring.settings import ROOT

MOST = 5_000
"""Clients of a file to choose among; more are a batch."""
_DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class _File:
    """A file that was dropped in, by its id: another one of the same name isn't this one. No clients once it is left."""

    id: str
    name: str
    clients: Sequence[Record] = ()
    wrong: BadFile | None = None


def choose(visit: Visit) -> Record | None:
    """The client that the visitor chose; None before."""
    words = visit.words
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with right, st.popover(words("choice.other"), width="stretch"):
        _drop(visit)
    file: _File | None = st.session_state.get(_DROPPED)
    chosen = file if file and file.clients else _File("", "", demo_clients())
    with left:
        place: int | None = options.choose(
            st.selectbox,
            words("choice.client"),
            range(len(chosen.clients)),
            words,
            key=f"client.{chosen.id}",
            index=None,
            format_func=lambda place: _title(words, chosen.clients[place], place),
            placeholder=words("choice.placeholder"),
        )
    if chosen.id:
        markup.show("line", words, text=words("choice.of_file", name=chosen.name, clients=words.count(len(chosen.clients))))
    return None if place is None else chosen.clients[place]


@cache
def demo_clients() -> Sequence[Record]:
    """The clients that ship, invented by our own generator."""
    clients: Sequence[Record] = json.loads((ROOT / "data" / "demo_clients.json").read_text("utf-8"))
    return clients


def _drop(visit: Visit) -> None:
    words = visit.words
    st.write(words("choice.file_explained", most=words.count(MOST)))
    given = st.file_uploader(words("choice.file"), type=["json", "csv"], key="client file")
    known: _File | None = st.session_state.get(_DROPPED)
    if given is not None and (known is None or given.file_id != known.id):
        with told(words, "file"):
            serving = model(visit.service)
            known = st.session_state[_DROPPED] = _read(given.file_id, given.name, given.getvalue(), serving.fields)
    if known is None:
        return
    if known.wrong:
        st.error(words("choice.bad_file"))
        markup.show("sentences", words, sentences=sentences(known.wrong, words))
    elif known.clients and st.button(words("choice.back")):
        st.session_state[_DROPPED] = _File(known.id, known.name)
        st.rerun()


def _read(identity: str, name: str, content: bytes, fields: Sequence[Field]) -> _File:
    try:
        return _File(identity, name, read_records(name, content, fields, MOST))
    except BadFile as wrong:
        return _File(identity, name, wrong=wrong)


def _title(words: Words, client: Record, place: int) -> str:
    number = client.get(ID)
    name = words("choice.numbered", number=number) if number is not None else words("choice.unnumbered", place=place + 1)
    asked = client.get("AMT_CREDIT")
    return name if asked is None else f"{name} · {written(words, 'AMT_CREDIT', asked)}"
