"""What every command of jobs/ shares: how it reads its arguments, fails and stops.

    def main(argv: Sequence[str] | None = None) -> int:
        parser = command.Parser(__doc__)
        parser.add_argument("--out", type=Path, required=True, help="...")
        return command.run(_train, parser, argv)

    if __name__ == "__main__":
        sys.exit(main())

Exit codes: 0 done (or what the command returns), 2 bad input or argument (or a fault of ours, with its trace), 130 stopped by
Ctrl-C or SIGTERM; bad input and a stop leave one line on stderr. A command imports what is heavy (pandas, mlflow) inside its
function, so that --help is quick and a Ctrl-C while they load is met here.
"""

import argparse
import logging
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from scoring.errors import CreditScoringError, SettingError

DONE, BAD_INPUT, STOPPED = 0, 2, 130
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose help shows the description as written, and whose complaint is one line without the usage."""

    def __init__(self, description: str | None) -> None:
        super().__init__(description=description, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        raise SettingError(f"{message} (--help says more)")


def run(
    main: Callable[[argparse.Namespace], int | None], parser: argparse.ArgumentParser, argv: Sequence[str] | None = None
) -> int:
    """Parse argv (by default the process's), call main with it, and give the exit code."""
    try:
        with _stop_signals_raise():
            return main(parser.parse_args(argv)) or DONE
    except CreditScoringError as error:
        return _one_line(f"error: {error.message}", BAD_INPUT)
    except Exception:  # noqa: BLE001  # a fault of ours: its trace, and not 1, which may be a command's answer
        traceback.print_exc()
        return BAD_INPUT
    except KeyboardInterrupt:
        return _one_line("stopped: nothing half-written was left", STOPPED)


def _one_line(text: str, exit_code: int) -> int:
    print(" ".join(text.split()), file=sys.stderr)
    return exit_code


@contextmanager
def _stop_signals_raise() -> Iterator[None]:
    """SIGTERM stops as Ctrl-C does, by raising where the work stands; a second signal must not break off the tidying up.

    What a library logs of being broken off is no news: SQLAlchemy's pool, with a trace, if that is while a connection closes.
    """
    if threading.current_thread() is not threading.main_thread():  # Python takes signals in its main thread only
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        for name in _STOP_SIGNALS:
            signal.signal(name, signal.SIG_IGN)
        logging.disable(logging.ERROR)
        raise KeyboardInterrupt

    before = {name: signal.signal(name, stop) for name in _STOP_SIGNALS}
    silent = logging.root.manager.disable
    try:
        yield
    finally:
        logging.disable(silent)
        for name, handler in before.items():
            signal.signal(name, handler)
