"""What commands that start servers on this machine share: a port that is free, a process group, an end without traces.

try:
    with running("the API", words, root, environment) as api:
        wait_until_answers(api, lambda: status_of(port, "/health/ready") == 200)
        raise ended_by_itself(api)
except KeyboardInterrupt:
    return command.DONE
"""

import http.client
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from jobs.ports import try_port
from scoring.errors import CreditScoringError, SettingError

HOST = "127.0.0.1"
START_SECONDS = 60.0  # what Heroku allows a dyno, too
END_SECONDS = 30.0  # as Heroku, too; gunicorn.conf.py's workers are done before


@dataclass(frozen=True, slots=True)
class Running:
    """A server that this command started, by the name that its messages have for it."""

    name: str
    process: subprocess.Popen[bytes]


@contextmanager
def running(
    name: str, words: Sequence[str], root: Path, environment: Mapping[str, str], end_seconds: float = END_SECONDS
) -> Iterator[Running]:
    """Run a server until the block ends: it is asked to end then, and killed with all of its group after `end_seconds`.

    A process group of its own: Ctrl-C reaches us alone, and we ask for the graceful end that SIGINT would not give.
    """
    with ExitStack() as stack:
        with _stops_wait():  # one between the start and the promise of an end would leave an orphan
            process = subprocess.Popen(words, cwd=root, env=environment, process_group=0)  # noqa: S603  # our own words
            stack.callback(_end, process, end_seconds)
        yield Running(name, process)


def wait_until_answers(server: Running, answers: Callable[[], bool]) -> None:
    """Return once it does; its own output, which the user sees, says why it doesn't."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if (status := server.process.poll()) is not None:
            raise CreditScoringError(f"{server.name} ended with status {status} before it answered; why stands above")
        if answers():
            return
        time.sleep(0.1)
    raise CreditScoringError(f"{server.name} did not answer within {START_SECONDS:.0f} s")


def ended_by_itself(*servers: Running) -> CreditScoringError:
    """Wait for the first of them to end, and say which."""
    while True:
        for server in servers:
            if (status := server.process.poll()) is not None:
                return CreditScoringError(f"{server.name} ended by itself with status {status}")
        time.sleep(0.2)


def status_of(port: int, path: str) -> int | None:
    """The status with which a server on this machine answers GET; None where none does."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def port_of(settings: Mapping[str, str], variable: str, default: int) -> int:
    """The port that a variable names."""
    text = settings.get(variable) or str(default)
    try:
        port = int(text)
    except ValueError:
        port = 0
    if not 0 < port < 1 << 16:  # 0 is the system's choice: nobody would know which
        raise SettingError(f"{variable}={text} is not a port: a whole number from 1 to 65535")
    return port


def free_port(settings: Mapping[str, str], variable: str, default: int, target: str) -> int:
    """The port that a variable names, after trying it: a server would try for seconds, and say so in many lines."""
    port = port_of(settings, variable, default)
    try:
        try_port(HOST, port)
    except OSError as error:
        message = f"port {port} can't be used ({error.strerror}); another one: {variable}={port + 1} make {target}"
        raise SettingError(message) from None
    return port


def end_with_the_terminal() -> None:
    """A closed terminal ends the servers too, which would not hear of it; `nohup` says otherwise."""
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))


def _end(process: subprocess.Popen[bytes], seconds: float) -> None:
    with _stops_wait():
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        with suppress(ProcessLookupError, PermissionError):  # nobody is left, as it should be; macOS says the latter
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def _stops_wait() -> Iterator[None]:
    """A Ctrl-C or SIGTERM meanwhile is heard at the end of the block."""
    heard: list[int] = []
    names = (signal.SIGINT, signal.SIGTERM)
    before = {name: signal.signal(name, lambda number, _: heard.append(number)) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
        if heard:
            signal.raise_signal(heard[0])
