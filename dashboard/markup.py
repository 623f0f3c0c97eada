"""Parts of a page that Streamlit has no element for, as HTML from templates: what they are given is escaped."""

from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import streamlit as st

from dashboard.words import Words

TEMPLATES = Path(__file__).with_name("templates")


def show(template: str, words: Words, **values: Any) -> None:
    """Put a template's markup on the page."""
    st.html(rendered(template, words, **values))


def rendered(template: str, words: Words, **values: Any) -> str:
    """A template's markup with these values; `words` is there in it, too."""
    return _environment().get_template(f"{template}.html.jinja").render(words=words, **values)


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
