"""Write the monitoring page: what the service did, what its decisions are expected to cost, and what they did cost. Examples:

    python -m jobs.monitor --since 2026-05-01 --html var/monitoring.html
    python -m jobs.monitor --since 2026-10-01 --until 2026-11-01 --html var/october.html --json var/october.json
    python -m jobs.monitor --since 2026-05-01 --html var/monitoring.html --access-log var/service.log.gz

One file that asks nothing of any other: it can be mailed, and opened where there is no network. It holds figures and pictures of
the decision log that DATABASE_URL names, of all decisions of that time but simulations, and nobody's record or name. What came
in is told of the decisions that the release's model made. Requests that were refused are in no decision log: the access log,
which the service writes to its standard output, tells of them.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from jobs import command
from scoring.errors import SettingError

if TYPE_CHECKING:
    from model import Scorer
    from scoring.monitoring.monitor import Asked, Release


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument("--since", required=True, metavar="DATE", help="decisions from this day, or time, on")
    parser.add_argument("--until", metavar="DATE", help="and before this one (default: to the last)")
    parser.add_argument("--html", type=Path, required=True, metavar="FILE", help="where the page goes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the same figures go, for programs")
    parser.add_argument("--model", type=Path, metavar="DIR", help="the release (default: MODEL_DIR or models/latest)")
    parser.add_argument("--access-log", type=Path, metavar="FILE", help="JSON lines of the service's standard output; may be .gz")
    return command.run(_monitor, parser, argv)


def _monitor(arguments: argparse.Namespace) -> None:
    asked = _asked(arguments)

    import msgspec

    from jobs.log import opened, settings
    from model import Scorer
    from scoring.files import new_file
    from scoring.monitoring.monitor import figures
    from scoring.monitoring.page.document import page

    given = settings()
    release = release_of(Scorer.load(arguments.model or given.model_dir))
    # The files come first, so that a place where they can't be written is found before the work, not after it.
    with new_file(arguments.html) as html, new_file(arguments.json) if arguments.json else nullcontext() as summary:
        with opened(given.database_url) as database, database.snapshot() as connection:
            found = figures(connection, asked, release, progress)
        html.write(page(found).encode(errors="replace"))
        if summary:
            summary.write(msgspec.json.format(msgspec.json.encode(found), indent=1) + b"\n")
    log = found["log"]
    left_out = f"{log['simulations_left_out']:,} simulations left out"
    print(f"wrote {arguments.html}: {log['decisions']:,} decisions, {left_out}; model {release.version}")


def _asked(arguments: argparse.Namespace) -> "Asked":
    from scoring.decision_log.moments import moment
    from scoring.monitoring.monitor import Asked

    since = moment(arguments.since, "--since")
    until = None if arguments.until is None else moment(arguments.until, "--until")
    if until is not None and until <= since:
        raise SettingError(f"--until {arguments.until} isn't after --since {arguments.since}: name a later one")
    given = {"--html": arguments.html, "--json": arguments.json, "--access-log": arguments.access_log}
    taken: dict[Path, str] = {}
    for name, file in given.items():
        if file and (other := taken.setdefault(file.resolve(), name)) != name:
            raise SettingError(f"{name} {file} is {other}'s file, too: name another")
    return Asked(since, until, arguments.access_log)


def release_of(scorer: "Scorer") -> "Release":
    """What the page needs of a released model."""
    from scoring.explaining.importance import read_importance
    from scoring.explaining.profile import read_profile
    from scoring.monitoring.costs import Price
    from scoring.monitoring.monitor import Release
    from scoring.monitoring.received import Model
    from scoring.monitoring.scores import SCORES, read_scores

    documents, release = scorer.documents, scorer.release
    ranked = read_importance(documents["importance.json"].content).ranked()
    model = Model(ranked, scorer.understand, read_profile(documents["reference.json"].content))
    scores = documents.get(SCORES)
    price = Price(release.costs, read_scores(scores.content).calibration_covariance if scores else None)
    return Release(scorer.model_version, release.sha256, scorer.threshold, price, model)


@contextmanager
def progress(what: str, total: int | None) -> Iterator[Callable[[int], object]]:
    """A bar over a step of the page's making."""
    from tqdm import tqdm

    with tqdm(total=total, unit=f" {what}", leave=False, disable=None) as bar:
        yield bar.update


if __name__ == "__main__":
    sys.exit(main())
