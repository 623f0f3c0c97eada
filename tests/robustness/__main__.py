"""Send the service every bad and every good request, damage its model, and write what came of it into a document. Examples:

    python -m tests.robustness
    python -m tests.robustness --document docs/reliability.md

The tables replace what stands between the document's two `<!-- robustness -->` lines. It takes some six minutes.
Exit code: 0, or 1 where a bad request wasn't refused as promised, a good one was, or the log holds what it shouldn't.
"""

import argparse
import os
import platform
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from jobs import command
from jobs.document import fill
from model import Scorer
from tests.conftest import LATEST
from tests.robustness.corpus import groups
from tests.robustness.firing import Range, fired
from tests.robustness.flips import flipped
from tests.robustness.generated import OF_ONE_KIND, generated
from tests.robustness.outcome import SLOW, Outcome, tabled
from tests.robustness.valid import valid
from tests.serving import serving
from tests.slow_callers import MANNERS, slowest_answer

EXAMPLES = 30
"""Random requests for each route, beside those at the limits of the schema."""
SECONDS = 6.0
"""More than the server's patience, for each manner of being slow."""
MARK = "<!-- robustness -->"


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument("--document", type=Path, metavar="FILE", help="the document to write into (default: print it)")
    return command.run(_robustness, parser, argv)


def _robustness(arguments: argparse.Namespace) -> int:
    outcome = Outcome()
    fill(arguments.document, MARK, partial(_tried, outcome), "what came of bad and good requests")
    sys.stderr.write("".join(f"{one}\n" for one in outcome.wrong))
    return 1 if outcome.wrong else 0


def _tried(outcome: Outcome) -> str:
    begun = time.monotonic()
    with TemporaryDirectory(prefix="robustness-") as folder, serving(Path(folder)) as server:
        range_ = Range(server, Scorer.load(LATEST))
        for group in groups(range_.decision, range_.simulation):
            outcome.tried[group.name] = fired(range_, group)
            outcome.families |= {group.name} if group.family else set()
            wrong = sum(bool(one.wrong) for one in outcome.tried[group.name])
            _tell(begun, f"{group.name}: {len(outcome.tried[group.name])}, {wrong} wrong")
        for one in valid():
            outcome.valid += 1
            outcome.unlike += [problem] if (problem := range_.offer(one)) else []
        outcome.decisions, outcome.traces = len(range_.acknowledged), range_.traces()
        for manner in MANNERS:
            words = manner.__name__.replace("_", " ")
            outcome.slow[words] = tuple(slowest_answer(server, manner, number, SECONDS) for number in SLOW)
            _tell(begun, f"{words}: {outcome.slow[words]}")
    outcome.flips = [flipped(file) for file in ("model.pkl", "model.json")]
    with TemporaryDirectory(prefix="generated-") as folder:
        outcome.generated = generated(Path(folder), EXAMPLES, OF_ONE_KIND)
    where = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    return f"{where}; {(time.monotonic() - begun) / 60:.0f} minutes.\n\n{tabled(outcome)}"


def _tell(begun: float, words: str) -> None:
    sys.stderr.write(f"{time.monotonic() - begun:4.0f} s  {words}\n")


if __name__ == "__main__":
    sys.exit(main())
