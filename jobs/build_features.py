"""Write the client record of every application in a folder of Home Credit tables. Examples:

    python -m jobs.build_features --data ../shared/home_credit --out var/records.parquet
    python -m jobs.build_features --data ../shared/home_credit --out var/records.jsonl --json
    python -m jobs.build_features --data var/sample --out - --json | head -1 |
        curl -d @- -H "content-type: application/json" -H "x-api-key: $API_KEY" localhost:8000/predict

With --json each line is a record as the API takes it.
"""

import argparse
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO

from jobs import command
from scoring.errors import OutputError

_STANDARD_OUTPUT = Path("-")


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of application_train, _test or both")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="FILE.parquet; with --json FILE.jsonl or -")
    parser.add_argument("--json", action="store_true", help="one JSON record a line, ready to be sent to the API")
    return command.run(_build_features, parser, argv)


def _build_features(arguments: argparse.Namespace) -> None:
    suffix = _suffix(arguments.out, arguments.json)

    from jobs.progress import noted, shown
    from scoring.output import write_batches
    from scoring.records import read_records

    with read_records(arguments.data, say=noted) as records, _opened(arguments.out) as file:
        batches = shown(records.batches, records.count)
        rows = write_batches(file, suffix, records.schema, batches)
    # Where the records themselves go to standard output, what is said of them doesn't.
    to_stdout = arguments.out == _STANDARD_OUTPUT
    print(
        f"wrote {rows:,} records to {'standard output' if to_stdout else arguments.out}",
        file=sys.stderr if to_stdout else sys.stdout,
    )


def _suffix(out: Path, json: bool) -> str:
    wanted = ".jsonl" if json else ".parquet"
    if out.suffix != wanted and not (json and out == _STANDARD_OUTPUT):
        raise OutputError(f"--out {out}: name a file that ends in {wanted}" + (", or -" if json else " (or add --json)"))
    return wanted


def _opened(out: Path) -> AbstractContextManager[BinaryIO]:
    from scoring.files import new_file, standard_output

    return standard_output() if out == _STANDARD_OUTPUT else new_file(out)


if __name__ == "__main__":
    sys.exit(main())
