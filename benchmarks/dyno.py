"""What a dyno of 512 MB has to hold: python -m benchmarks.dyno [--seconds 60] [--connections 16] [--slug DIR] [--document FILE].

Makes the slug of the last commit by bin/slug-size, or takes DIR, which bin/slug-size --keep made. Runs the Procfile's commands
there, before a PostgreSQL: release once, web three times; the last is asked all that a lender asks, at once. --document gets the
figures between its two lines <!-- dyno -->. Ends with 1 where a dyno's limit doesn't hold, or an answer is neither a 200 nor the
503 by which too many large requests are told to come again. Limits: devcenter.heroku.com/articles/limits. Linux only.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.dyno_load import Kind, kinds, put_load
from benchmarks.dyno_memory import Highest, Memory, memory_of
from benchmarks.dyno_slug import BOOT_SECONDS, WORKERS, Dyno, make_slug
from jobs import command
from jobs.document import fill
from scoring.errors import SettingError
from scoring.markdown import table
from tests.databases import postgres
from tests.serving import free_port

MARK = "<!-- dyno -->"
STARTS = 3
LIMIT_MB = 512
SETTLED = 5.0
"""Seconds after the first 200: the other worker may still be on its way."""
MISSED = 1


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured: seconds of the release command and of each start, memory idle and at most, and what was asked.

    `size`: the slug's, of the most it may have; "" where it was there already.
    """

    size: str
    python: str
    release: float
    starts: Sequence[float]
    idle: Memory
    most: Memory
    asked: Sequence[Kind]


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="of load")
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--slug", type=Path, metavar="DIR", help="a slug with its Python in it, instead of a fresh one")
    parser.add_argument(
        "--document", type=Path, metavar="FILE", help="document to write the figures into, instead of printing them"
    )
    return command.run(_measure, parser, argv)


def _measure(arguments: argparse.Namespace) -> int:
    if arguments.connections < len(kinds()):
        raise SettingError(f"--connections {arguments.connections} leaves kinds of requests out: name {len(kinds())} or more")
    taken: list[Figures] = []

    def measured() -> str:
        taken.append(_figures(arguments))
        return _told(taken[0], arguments)

    fill(arguments.document, MARK, measured, "what a dyno has to hold")
    missed = list(_missed(taken[0]))
    for line in missed:
        print(line, file=sys.stderr)
    return MISSED if missed else command.DONE


def _figures(arguments: argparse.Namespace) -> Figures:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="dyno-")))
        slug = arguments.slug.resolve() if arguments.slug else folder / "slug"
        size = "" if arguments.slug else make_slug(slug)
        dyno = Dyno.of(slug, folder, free_port(), stack.enter_context(postgres()).url)
        release = dyno.release()
        starts = []
        for _ in range(STARTS - 1):
            with dyno.serving() as (_, seconds):
                starts.append(seconds)
        with dyno.serving() as (master, seconds):
            time.sleep(SETTLED)
            idle, highest, asked = memory_of(master), Highest(), kinds()
            with highest.watching(master):
                put_load(dyno.port, asked, arguments.connections, arguments.seconds)
        return Figures(size, dyno.python(), release, [*starts, seconds], idle, highest.memory, asked)


def _told(figures: Figures, arguments: argparse.Namespace) -> str:
    """As Markdown."""
    machine = f"{os.cpu_count()} cores, Linux, {figures.python}; WEB_CONCURRENCY={WORKERS}, PostgreSQL"
    load = f"{arguments.connections} connections for {arguments.seconds:g} s, each with one kind of request without a pause"
    idle, most = figures.idle, figures.most
    slug = [("the slug, compressed", *figures.size.split(" of "))] if figures.size else []
    held = [
        *slug,
        ("the release command", f"{figures.release:.1f} s", ""),
        (f"the start, to the first 200 of /health/ready: median of {STARTS}", f"{median(figures.starts):.1f} s", "60 s"),
        ("memory after the start", f"{idle.pss:.0f} MB", f"{LIMIT_MB} MB"),
        ("memory at most under the load", f"{most.pss:.0f} MB", f"{LIMIT_MB} MB"),
        ("both as sums of what `ps` says, shared pages once for each process", f"{idle.rss:.0f} and {most.rss:.0f} MB", ""),
    ]
    rows = [(kind.name, f"{kind.answered:,}", f"{kind.later:,}", f"{kind.slowest:.1f} s") for kind in figures.asked]
    lines = [f"{machine}; {load}:", "", *table(("what", "measured", "limit"), held), ""]
    return "\n".join([*lines, *table(("request", "answered", "told to come again", "slowest answer"), rows)]) + "\n"


def _missed(figures: Figures) -> list[str]:
    """What doesn't hold, a line each."""
    missed = [f"{kind.name}: {kind.refused} refused, first: {kind.refusal}" for kind in figures.asked if kind.refused]
    missed += [f"{kind.name}: none answered" for kind in figures.asked if not kind.answered]
    if figures.most.pss > LIMIT_MB:
        missed.append(f"memory: {figures.most.pss:.0f} MB, and a dyno has {LIMIT_MB}")
    if max(figures.starts) > BOOT_SECONDS:
        missed.append(f"a start took over {BOOT_SECONDS:.0f} s")
    return missed


if __name__ == "__main__":
    sys.exit(main())
