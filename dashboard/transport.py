"""One HTTP exchange within the time that a person waits: what came back, or Trouble that says why nothing did."""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import requests
import urllib3.exceptions

from dashboard.trouble import Kind, Trouble

CONNECT = 2.0  # seconds for the connection, where so much time is given
LARGEST_ANSWER = 50_000_000  # bytes

Headers = Mapping[str, str | bytes]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the status, the header Retry-After ("" where there is none) and the body."""

    status: int
    retry_after: str
    content: bytes


def exchange(method: str, url: str, body: bytes, headers: Headers, patience: float) -> Reply:
    """The reply, whatever its status. Raises Trouble where there is none within `patience` seconds.

    The time is kept outside the thread that asks: the library's own timeouts begin anew with each byte, and there is none for
    the look-up of a name.
    """
    asking = ThreadPoolExecutor(1)
    try:
        return asking.submit(_ask, method, url, body, headers, patience).result(patience)
    except (TimeoutError, requests.Timeout, urllib3.exceptions.TimeoutError):
        raise Trouble(Kind.SLOW, f"no whole answer within {patience:g} s") from None
    except requests.exceptions.InvalidHeader:  # the key is the only one that somebody typed
        raise Trouble(Kind.KEY, "the key holds what no header can") from None
    except (requests.RequestException, urllib3.exceptions.HTTPError, UnicodeError) as error:  # UnicodeError: some addresses
        raise Trouble(Kind.DOWN, f"nothing can be reached: {type(error).__name__}") from None
    finally:
        asking.shutdown(wait=False)


def _ask(method: str, url: str, body: bytes, headers: Headers, patience: float) -> Reply:
    deadline = time.monotonic() + patience
    with requests.request(
        method,
        url,
        data=body or None,
        headers=headers,
        timeout=(min(CONNECT, patience), patience),
        allow_redirects=False,  # the key goes nowhere else
        stream=True,
    ) as response:
        content = _read(response, deadline)
    return Reply(response.status_code, response.headers.get("Retry-After", ""), content)


def _read(response: requests.Response, deadline: float) -> bytes:
    """The body; not beyond the deadline, when nobody waits for it any more."""
    content = bytearray()
    while part := response.raw.read1(1 << 16, decode_content=True):
        content += part
        if len(content) > LARGEST_ANSWER:
            raise Trouble(Kind.VERSION, f"the answer has more than {LARGEST_ANSWER} bytes")
        if time.monotonic() > deadline:
            raise requests.Timeout
    return bytes(content)
