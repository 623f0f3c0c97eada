"""A limit to how long something is waited for that no timeout of its own ends."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def within(seconds: float, ask: Callable[[], T]) -> T:
    """What `ask` gives, in a thread of its own that is left to itself after so many seconds: then TimeoutError."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(ask())
        except BaseException as error:  # noqa: BLE001  # told where it is waited for
            future.set_exception(error)

    try:
        threading.Thread(target=run, daemon=True).start()
    except RuntimeError as error:  # as many as the system takes
        raise TimeoutError(str(error)) from error
    return future.result(seconds)
