"""How a platform's API is asked.

What only looks is repeated while the API is away for a moment; an order is given once, for it may have been taken.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from jobs.deploying.asking import Answer, NoAnswer, one_line, send
from jobs.deploying.platforms import Away, PlatformError

T = TypeVar("T")
START, LOOK = 300.0, 60.0


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: for a build or a release command, a server's start, an API that is away; and between two looks."""

    limit: float
    start: float
    look: float
    pause: float

    @classmethod
    def within(cls, limit: float, pause: float) -> "Pace":
        """The usual one, where nothing may take longer than this limit."""
        return cls(limit, min(limit, START), min(limit, LOOK), pause)

    def until(self, look: Callable[[], T | None], what: str, limit: float) -> T:
        """What `look` gives, once that isn't None; it may be Away meanwhile. Raises PlatformError where it takes longer."""
        end = time.monotonic() + limit
        while True:
            away = ""
            try:
                if (found := look()) is not None:
                    return found
            except Away as error:
                away = f": {error.message}"
            if time.monotonic() >= end:
                raise PlatformError(f"{what} took longer than {limit:g} s{away}")
            time.sleep(self.pause)


class Api:
    """An API with a bearer key, whose answers are JSON; `key_name`: the variable that holds the key, for messages."""

    def __init__(self, base: str, key: str, key_name: str, accept: str, pace: Pace) -> None:
        self._base, self._key, self._key_name = base, key, key_name
        self._headers = {"Accept": accept}
        self._pace = pace

    def get(self, path: str, kind: type[T], **headers: str) -> T:
        """The answer, once. Raises Away, or PlatformError."""
        return self.decoded(self._send("GET", path, b"", headers), f"GET {path}", kind)

    def surely(self, path: str, kind: type[T], **headers: str) -> T:
        """The answer, also where the API is away for a moment. Raises PlatformError."""
        return self.repeated(lambda: self.get(path, kind, **headers), f"GET {path}")

    def repeated(self, call: Callable[[], T], what: str) -> T:
        """The same for any call that does no harm when it is made twice."""
        return self._pace.until(call, what, self._pace.look)

    def post(self, path: str, body: Mapping[str, Any], kind: type[T]) -> T:
        """The answer to an order, given once. Raises Away where it may have been taken, PlatformError where it wasn't."""
        return self.decoded(self.order(path, body), f"POST {path}", kind)

    def order(self, path: str, body: Mapping[str, Any]) -> Answer:
        """The same, undecoded."""
        return self._send("POST", path, msgspec.json.encode(body), {"Content-Type": "application/json"})

    def _send(self, method: str, path: str, content: bytes, headers: Mapping[str, str]) -> Answer:
        asked = f"{method} {path}"
        try:
            answer = send(method, f"{self._base}{path}", content, {**self._headers, **headers}, self._key)
        except NoAnswer as error:
            raise Away(f"{asked}: {error.message}") from None
        if 200 <= answer.status < 300:
            return answer
        said = one_line(_message(answer.content), [self._key])
        if answer.status in (401, 403, 404):
            raise PlatformError(
                f"{asked} is answered {answer.status} ({said}): {self._key_name} isn't valid for it, or it isn't there"
            )
        kind = Away if answer.status == 429 or answer.status >= 500 else PlatformError
        raise kind(f"{asked} is answered {answer.status} ({said})")

    def decoded(self, answer: Answer, asked: str, kind: type[T]) -> T:
        """What an answer holds; raises Away where that can't be read."""
        try:
            return msgspec.json.decode(answer.content, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Away(f"{asked} is answered with something else than its documentation says ({error})") from None


def _message(content: bytes) -> str:
    """What an API says in its error's `message`; both platforms have it there."""
    try:
        return str(json.loads(content)["message"])
    except (ValueError, LookupError, TypeError):
        return "no reason is given"
