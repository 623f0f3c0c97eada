"""What commands that talk to servers elsewhere share: one exchange over HTTP, the keys it takes, and keeping them to ourselves.

    key = key_of(os.environ, "RENDER_API_KEY", "make one in Render's account settings")
    answer = send("GET", f"{address(url)}/health/ready")

An exchange ends within its time, follows no redirect (the key goes nowhere else), checks certificates, and looks for no key in
~/.netrc, where Heroku's command line leaves one: requests would put it in the place of ours, or show it to whoever is asked.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
import urllib3.exceptions

from scoring.errors import CreditScoringError, SettingError

CONNECT, TIME = 10.0, 30.0  # seconds; Heroku's router gives up after 30, too
LARGEST = 50_000_000  # bytes
LOCAL = ("localhost", "127.0.0.1", "::1")
SHOWN = 300  # characters of what a server says


class NoAnswer(CreditScoringError):
    """Nobody answered, or not in time."""

    code = "no_answer"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status and the body."""

    status: int
    content: bytes


def send(
    method: str,
    url: str,
    content: bytes = b"",
    headers: Mapping[str, str | bytes] | None = None,
    bearer: str = "",
    seconds: float = TIME,
) -> Answer:
    """The answer, whatever its status; `bearer`: the key for the header Authorization, which isn't sent without it.

    Raises NoAnswer where there is none within about `seconds`. Its message has no more of the address than the host: the rest
    may be a secret.
    """

    def authenticate(request: requests.PreparedRequest) -> requests.PreparedRequest:
        if bearer:
            request.headers["Authorization"] = f"Bearer {bearer}"
        return request

    deadline = time.monotonic() + seconds
    try:
        with requests.request(
            method,
            url,
            data=content or None,
            headers=headers,
            auth=authenticate,
            timeout=(CONNECT, seconds),
            allow_redirects=False,
            stream=True,
        ) as response:
            return Answer(response.status_code, _read(response, deadline))
    except (requests.RequestException, urllib3.exceptions.HTTPError, UnicodeError) as error:  # UnicodeError: some addresses
        raise NoAnswer(f"{urlsplit(url).hostname} gives no answer ({type(error).__name__})") from None


def _read(response: requests.Response, deadline: float) -> bytes:
    """The body; the library's own time limit begins anew with each byte."""
    content = bytearray()
    while part := response.raw.read1(1 << 16, decode_content=True):
        content += part
        if len(content) > LARGEST or time.monotonic() > deadline:
            raise requests.Timeout
    return bytes(content)


def address(url: str) -> str:
    """A server's address without a slash at its end; raises SettingError where it isn't one, or a key would go there in clear."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1)
    except ValueError:
        sound = False
    if not sound or parts.username is not None or parts.query or parts.fragment or not url.isprintable() or " " in url:
        raise SettingError(f"{url!r} is not the address of a service: https://host, and no more than a path behind it")
    if parts.scheme == "http" and parts.hostname not in LOCAL:
        raise SettingError(f"{url} would have the key cross the network in clear: give the address with https://")
    return url.rstrip("/")


def key_of(environ: Mapping[str, str], name: str, where: str) -> str:
    """The key that a variable holds; raises SettingError, saying where to get it, but never what it was."""
    if not (key := environ.get(name, "").strip()):
        raise SettingError(f"{name} is not set: {where}")
    if not (key.isascii() and key.isprintable()):
        raise SettingError(f"{name} holds what no header can: {where}")
    return key


def hidden(text: str, secrets: Sequence[str]) -> str:
    """The text to be shown, without the secrets: what a server answers may repeat what it was sent, and hold any character."""
    for secret in filter(None, secrets):
        text = text.replace(secret, "[hidden]")
    return "".join(c if c.isprintable() else " " for c in text)


def one_line(text: str, secrets: Sequence[str]) -> str:
    """The same in a line; cut after the secrets were taken out, for what is left of one that was cut would be shown."""
    line = " ".join(hidden(text, secrets).split())
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}..."
