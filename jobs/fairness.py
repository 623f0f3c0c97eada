"""Show whom the released model treats how, and what taking a field out of it would do, and write it into a document. Examples:

    python -m jobs.fairness
    python -m jobs.fairness --document docs/fairness.md
    python -m jobs.fairness --data ../shared/home_credit --without DAYS_BIRTH --document docs/fairness.md

The first two tell what the release's model.json holds; the second draws docs/fairness/approval.png of it, beside the document.
The third trains the model with and without the field, out of fold on the clients outside the report split, and compares what each
grants by age band. The text replaces what stands between the document's two `<!-- fairness -->` lines, or
`<!-- without DAYS_BIRTH -->`.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from jobs import command
from jobs.document import check, fill, write_between
from scoring.errors import ModelError, SettingError
from scoring.settings import ROOT

MARK = "<!-- fairness -->"
PICTURE = "approval.png"


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument("--release", type=Path, metavar="DIR", help="which release (default: the project's models/latest)")
    parser.add_argument("--data", type=Path, metavar="DIR", help="the folder of tables to train on, with --without")
    parser.add_argument("--without", metavar="FIELD", help="the field to take out of the model, with --data")
    parser.add_argument(
        "--seeds", type=int, metavar="N", help="how many foldings and trainings to average (default 3), with --without"
    )
    parser.add_argument("--document", type=Path, metavar="FILE", help="the document to write into (default: print it)")
    return command.run(_fairness, parser, argv)


def _fairness(arguments: argparse.Namespace) -> None:
    if arguments.data or arguments.without:
        _experiment(arguments)
    elif arguments.seeds is not None:
        raise SettingError("--seeds goes with --data and --without")
    else:
        _report(arguments.release or ROOT / "models" / "latest", arguments.document)


def _report(release: Path, document: Path | None) -> None:
    measured, text = _measured(release)
    if document is None:
        print(text, end="")
        return
    check(document, MARK)
    from scoring.fairness.plots import plot_fairness
    from scoring.files import in_one_line

    picture = document.with_suffix("") / PICTURE
    with in_one_line(picture):
        picture.parent.mkdir(exist_ok=True)
        plot_fairness(measured, picture)
    write_between(document, MARK, text)
    print(f"wrote the fairness of {release} into {document} and {picture}")


def _measured(release: Path) -> tuple[Mapping[str, Any], str]:
    """What the release holds, and its tables."""
    from scoring.fairness.text import tables

    try:
        described = json.loads((release / "model.json").read_bytes())
    except OSError as error:
        raise ModelError(f"{release / 'model.json'} can't be read: {error.strerror}") from error
    except ValueError as error:
        raise ModelError(f"{release / 'model.json'} is not JSON") from error
    if not isinstance(described, dict) or "fairness" not in described:
        raise ModelError(f"{release} holds no fairness: train and release again")
    measured: Mapping[str, Any] = described["fairness"]
    try:
        return measured, tables(measured)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise ModelError(f"{release / 'model.json'} holds a fairness that is not one: train and release again") from error


def _experiment(arguments: argparse.Namespace) -> None:
    from scoring.inputs import MODEL_FIELDS

    field, seeds = arguments.without, 3 if arguments.seeds is None else arguments.seeds
    if not (arguments.data and field) or arguments.release:
        raise SettingError("--data and --without go together, and without --release")
    if field not in MODEL_FIELDS:
        raise SettingError(f"--without {field}: the model isn't given such a field")
    if seeds < 1:
        raise SettingError(f"--seeds {seeds}: it must be 1 or more")
    measured = partial(_removed, arguments.data, field, seeds)
    fill(arguments.document, f"<!-- without {field} -->", measured, f"what the model is without {field}")


def _removed(data: Path, field: str, seeds: int) -> str:
    from tqdm import tqdm

    from jobs.progress import noted
    from scoring.fairness.text import removal_table
    from scoring.fairness.without import take_out
    from scoring.records import read_training
    from scoring.training.clients import clients_of

    clients = clients_of(read_training(data, noted))
    outside = ~clients.report
    with tqdm(total=2 * seeds, unit=" trainings", leave=False, disable=None) as bar:

        def progress(training: str) -> None:
            bar.set_description(training, refresh=False)
            bar.update()

        X, groups = clients.X[outside], clients.groups["age_band"][outside]
        return removal_table(take_out(field, X, clients.y[outside], groups, seeds=range(seeds), progress=progress))


if __name__ == "__main__":
    sys.exit(main())
