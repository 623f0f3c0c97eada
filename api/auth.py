"""Who may call: the header x-api-key, compared in constant time with the digests that settings hold."""

import hmac
from collections.abc import Callable, Sequence
from typing import TypeVar

from flask import Flask, g, request

from scoring.errors import SettingError, Unauthenticated
from scoring.settings import ApiKey, digest

View = TypeVar("View", bound=Callable[..., object])


def open_to_all(view: View) -> View:
    """Mark a view that answers without a key."""
    view.open_to_all = True  # type: ignore[attr-defined]
    return view


def register(app: Flask, keys: Sequence[ApiKey]) -> None:
    """Ask for a key before anything of the body is read; raises SettingError where there is no key to ask for."""
    if not keys:
        raise SettingError("no API key is configured: set API_KEY=secret[,secret...] in the environment or in .env")

    @app.before_request
    def authenticate() -> None:
        view = app.view_functions.get(request.endpoint or "")
        if not hasattr(view, "open_to_all"):
            g.key_name = _name_of(request.headers.get("x-api-key", ""), keys)


def _name_of(given: str, keys: Sequence[ApiKey]) -> str:
    hashed = digest(given.encode("latin-1"))  # the bytes as they came: WSGI hands them on as Latin-1
    matches = [key.name for key in keys if hmac.compare_digest(key.digest, hashed)]  # every key, whichever matches
    if not matches:
        raise Unauthenticated("the header x-api-key is missing" if not given else "the header x-api-key holds no valid key")
    return matches[0]
