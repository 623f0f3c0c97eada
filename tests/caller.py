"""A caller that sends bytes as they are, and reads answers as they come."""

import json
import select
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage, parse_headers
from typing import Any, BinaryIO

PATIENCE = 15.0
"""Seconds after which a caller gives an answer up."""
PIECE = 2**16


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def document(self) -> Any:
        """The body's JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Exchange:
    """What came of a request; `trouble` is what ended it, where that was neither the answers nor the connection's end."""

    answers: tuple[Answer, ...]
    seconds: float
    trouble: str = ""


class Connection:
    """A connection to the service; `usable` while another request can follow on it."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self._reader: BinaryIO = self.socket.makefile("rb")
        self.usable = True

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()
        self.socket.close()

    def send(self, *pieces: bytes) -> None:
        """Send all of it, answered before or not."""
        for piece in pieces:
            self.socket.sendall(piece)

    def end(self) -> None:
        """End our side."""
        self.socket.shutdown(socket.SHUT_WR)

    def answer(self) -> Answer:
        """The next answer; raises HTTPException where none comes."""
        if (answer := self._answer(to_head=False)) is None:
            raise HTTPException("no answer")
        return answer

    def is_closed(self) -> bool:
        """Whether the service has ended its side, and said no more."""
        return self._reader.read() == b""

    def ask(self, content: bytes, ends: bool = False) -> Exchange:
        """Send a request and read its answer, or, where our side ends with it, all that come until the service ends its own."""
        begun = time.monotonic()
        answers: list[Answer] = []
        trouble = ""
        try:
            whole = self._send_until_answered(content, ends)
            while (answer := self._answer(content.startswith(b"HEAD "))) is not None:
                answers.append(answer)
                if not ends:
                    break
            self.usable = whole and not ends and bool(answers) and answers[-1].headers.get("connection", "").lower() != "close"
        except (OSError, ValueError, HTTPException) as error:
            trouble, self.usable = repr(error), False
        return Exchange(tuple(answers), time.monotonic() - begun, trouble)

    def _send_until_answered(self, content: bytes, ends: bool) -> bool:
        """Whether all of it was sent: who is answered before stops, and reads."""
        rest = memoryview(content)
        with suppress(BrokenPipeError, ConnectionResetError):  # an answer may be there all the same
            while rest:
                readable, writable, _ = select.select([self.socket], [self.socket], [], PATIENCE)
                if readable and len(content) > PIECE:
                    return False
                if not writable:
                    raise TimeoutError("the service takes no more bytes")
                rest = rest[self.socket.send(rest[:PIECE]) :]
            if ends:
                self.end()
        return not rest

    def _answer(self, to_head: bool) -> Answer | None:
        line = self._reader.readline()
        if not line:
            return None
        version, status, *_ = line.decode("latin-1").split(" ", 2)
        if not version.startswith("HTTP/1."):
            raise HTTPException(f"no answer in HTTP: {line[:80]!r}")
        headers = parse_headers(self._reader)
        if status.startswith("1"):  # leave to send the body; the answer is yet to come
            return self._answer(to_head)
        length = 0 if to_head or status in {"204", "304"} else int(headers.get("content-length", "none was given"))
        body = self._reader.read(length)
        if len(body) < length:
            raise HTTPException(f"{len(body)} of {length} bytes of an answer")
        return Answer(int(status), headers, body)
