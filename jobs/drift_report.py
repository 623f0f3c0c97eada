"""Compare the clients of today with those that the model was trained on, as a page and a summary. Examples:

    python -m jobs.drift_report --reference ../shared/home_credit --current ../shared/home_credit --html var/drift.html
    python -m jobs.drift_report --current ../shared/home_credit --html var/drift.html --json var/drift.json
    python -m jobs.drift_report --log-since 2026-11-01 --html var/drift.html

Without --reference the reference is what the release remembers of its training: quantiles and shares, field by field. Of a
folder the forms are compared, application_train as reference and application_test as current where both are there, so that one
folder given twice compares train with test; --histories compares whole records and their PDs. Of the decision log, what was
decided by the release (--model), without simulations.

Which fields are compared, by which test, and what raises the alarm stands in scoring/drift/drift.toml; --settings names another
file. A line goes to MLflow, unless --no-mlflow. Exit code 0: no alarm, 1: drift that matters, 2: it couldn't be told.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from jobs import command, document
from jobs.store import add_tracking_uri, tracking_uri
from scoring.errors import SettingError, TrainingError

if TYPE_CHECKING:
    from model import Scorer
    from scoring.drift.comparison import Drift
    from scoring.drift.settings import Settings
    from scoring.drift.side import Side

DRIFT = 1
MARK = "<!-- drift of the clients -->"
_STEPS = 4


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument(
        "--reference", type=Path, metavar="DIR", help="folder of the clients to compare with (default: the release's)"
    )
    current = parser.add_mutually_exclusive_group(required=True)
    current.add_argument("--current", type=Path, metavar="DIR", help="folder of the clients of today")
    current.add_argument("--log-since", metavar="DATE", help="or the decisions logged from this day, or time, on")
    parser.add_argument("--log-until", metavar="DATE", help="and before this one")
    parser.add_argument("--histories", action="store_true", help="of folders, compare whole records, and their PDs")
    parser.add_argument("--html", type=Path, metavar="FILE", help="where the page goes")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the summary goes")
    parser.add_argument("--document", type=Path, metavar="FILE", help="put the fields that drift between this file's marks")
    parser.add_argument("--model", type=Path, metavar="DIR", help="release to compare with (default: MODEL_DIR or models/latest)")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="over scoring/drift/drift.toml")
    add_tracking_uri(parser)
    parser.add_argument("--no-mlflow", action="store_true", help="no line to MLflow")
    return command.run(_drift_report, parser, argv)


def _drift_report(arguments: argparse.Namespace) -> int:
    _check(arguments)
    from tqdm import tqdm

    import model
    from jobs.progress import noted
    from scoring.drift.comparison import compare
    from scoring.drift.settings import read_settings
    from scoring.drift.text import lines
    from scoring.explaining.importance import read_importance
    from scoring.settings import Settings

    settings = read_settings(arguments.settings)
    scorer = model.Scorer.load(arguments.model or Settings.from_env(os.environ).model_dir)
    with _files(arguments.html, arguments.json) as files, tqdm(total=_STEPS, desc="reading", leave=False, disable=None) as bar:
        current = _current(arguments, scorer, settings, noted)
        bar.update()
        reference = _reference(arguments, scorer, settings, noted, whole=current.probability is not None)
        bar.update()
        bar.set_description("comparing")
        weights = read_importance(scorer.documents["importance.json"].content).shares()
        drift = compare(reference, current, weights, settings)
        bar.update()
        bar.set_description("writing")
        _write(files, drift, reference, current, settings)
        bar.update()
    if arguments.document:
        document.write_between(arguments.document, MARK, "\n".join([*lines(drift), ""]))
    if not arguments.no_mlflow:
        _keep(tracking_uri(arguments), drift, scorer.model_version, noted)
    print(_in_a_line(drift, arguments.html or arguments.json or arguments.document))
    return DRIFT if drift.alarm else command.DONE


@contextmanager
def _files(*paths: Path | None) -> Iterator[list[BinaryIO | None]]:
    """The files to write, opened before anything is read; all of them appear, or none."""
    from scoring.files import new_file

    with ExitStack() as opened:
        yield [opened.enter_context(new_file(path)) if path else None for path in paths]


def _check(arguments: argparse.Namespace) -> None:
    if not (arguments.html or arguments.json or arguments.document):
        raise SettingError("nothing to write: name a page with --html, a summary with --json, or both")
    if arguments.document:
        document.check(arguments.document, MARK)
    if arguments.log_until and not arguments.log_since:
        raise SettingError("--log-until belongs to --log-since: give both")
    if arguments.html and arguments.html == arguments.json:
        raise SettingError(f"--html and --json both name {arguments.html}: name two files")


def _current(arguments: argparse.Namespace, scorer: "Scorer", settings: "Settings", say: Callable[[str], None]) -> "Side":
    from scoring.drift.sources import of_folder

    if arguments.current:
        score = (lambda columns: scorer.score(columns).probability) if arguments.histories else None
        return of_folder(arguments.current, "application_test", settings, score, say)
    return _logged(arguments, scorer, settings, say)


def _logged(arguments: argparse.Namespace, scorer: "Scorer", settings: "Settings", say: Callable[[str], None]) -> "Side":
    from jobs import log
    from scoring.decision_log.moments import moment
    from scoring.decision_log.sampling import ALWAYS, Period
    from scoring.drift.sources import of_log

    since = moment(arguments.log_since, "--log-since")
    until = moment(arguments.log_until, "--log-until") if arguments.log_until else ALWAYS
    if until <= since:
        raise SettingError(f"--log-until {arguments.log_until} is not after --log-since {arguments.log_since}")
    with log.opened(log.settings().database_url) as database, database.snapshot() as connection:
        return of_log(connection, Period(since, until), (scorer.release.sha256, scorer.model_version), settings, say)


def _reference(
    arguments: argparse.Namespace, scorer: "Scorer", settings: "Settings", say: Callable[[str], None], *, whole: bool
) -> "Side":
    from scoring.drift.sources import of_folder, of_release

    if arguments.reference:
        score = (lambda columns: scorer.score(columns).probability) if whole else None
        return of_folder(arguments.reference, "application_train", settings, score, say)
    return of_release({name: one.content for name, one in scorer.documents.items()}, scorer.model_version, settings)


def _write(files: Sequence[BinaryIO | None], drift: "Drift", reference: "Side", current: "Side", settings: "Settings") -> None:
    from scoring.drift.page import page

    html, summary = files
    if html:
        html.write(page(drift, reference, current, settings.drawn, settings.seed).encode())
    if summary:
        summary.write((json.dumps(drift.summary(), indent=1) + "\n").encode())


def _keep(uri: str, drift: "Drift", model_version: str, say: Callable[[str], None]) -> None:
    from scoring.drift.runs import keep

    try:
        keep(uri, drift, model_version)
    except TrainingError as error:  # what was found must not be lost with the place where it would also have been kept
        say(f"the report stands, but not in MLflow: {error.message}")


def _in_a_line(drift: "Drift", file: Path) -> str:
    verdict = f"DRIFT: {'; '.join(drift.reasons)}" if drift.alarm else "no drift that matters"
    return (
        f"{len(drift.drifted)} of {len(drift.fields)} fields drift from {drift.reference['source']} "
        f"to {drift.current['source']}; {verdict}; see {file}"
    )


if __name__ == "__main__":
    sys.exit(main())
