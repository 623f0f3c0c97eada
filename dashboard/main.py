"""The pages' entry: `python -m streamlit run dashboard/main.py` from the project's root; `make dashboard` does."""

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import streamlit as st

from dashboard import batch_page, client_page, model_page
from dashboard.language import chosen_language, tell
from dashboard.service import Service
from dashboard.session import Visit
from scoring.settings import first_key

HERE = Path(__file__).parent
PAGES = {"client": client_page.show, "model": model_page.show, "batch": batch_page.show}


def main() -> None:
    """Show the page that was chosen, in the language that was chosen."""
    st.set_page_config(page_icon=HERE / "icon.png", layout="wide")
    st.html(HERE / "style.css")
    title, language = st.columns([3, 1], vertical_alignment="center")
    with language:
        words = chosen_language()
    visit = Visit(service_of(os.environ), words)
    pages = [
        st.Page(partial(show, visit), title=words(f"page.{name}"), url_path=name, default=name == "client")
        for name, show in PAGES.items()
    ]
    page = st.navigation(pages, position="top")
    title.title(page.title, anchor=False)
    page.run()
    tell(words)


def service_of(environ: Mapping[str, str]) -> Service:
    """The API that the environment names; of several keys the first."""
    return Service(environ.get("API_URL") or "http://127.0.0.1:8000", first_key(environ))


main()
