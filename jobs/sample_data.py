"""Write tables of generated clients, in the names, columns and types of Kaggle's Home Credit files.

The clients don't exist; the same seed gives the same ones. Examples:

    python -m jobs.sample_data --out var/sample
    python -m jobs.sample_data --out var/big --clients 356255 --format parquet
    python -m jobs.sample_data --out var/forms --no-histories

The demo's clients, as the repository holds them, are written by

    python -m jobs.sample_data --demo data/demo_clients.json
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from jobs import command
from scoring.errors import SettingError

_FORMATS = ("csv", "csv.gz", "parquet")  # formats.FORMATS, without loading pandas for a --help; a test holds them equal


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for the tables")
    parser.add_argument("--clients", type=int, default=10_000, help="how many, a fifth of them for test (default 10000)")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other clients (default 0)")
    parser.add_argument("--format", choices=_FORMATS, default="csv", help="of the tables (default csv)")
    parser.add_argument(
        "--no-histories",
        action="store_true",
        help="only application_train and application_test; refused where the folder holds histories, which aren't these clients'",
    )
    parser.add_argument("--demo", type=Path, metavar="FILE", help="write the demo's 200 client records here, as JSON")
    return command.run(_sample_data, parser, argv)


def _sample_data(arguments: argparse.Namespace) -> None:
    from tqdm import tqdm

    from scoring.synthetic import write_demo_clients, write_sample

    if not (arguments.out or arguments.demo):
        raise SettingError("nothing to write: name a folder with --out or a file with --demo")
    written: dict[Path, int] = {}
    if arguments.out:
        # disable=None: no bar where nobody watches, so that a log holds what matters
        with tqdm(total=arguments.clients, unit=" clients", leave=False, disable=None) as bar:
            written |= write_sample(
                arguments.out,
                arguments.clients,
                arguments.seed,
                arguments.format,
                histories=not arguments.no_histories,
                progress=bar.update,
            )
    if arguments.demo:
        written[arguments.demo] = write_demo_clients(arguments.demo)
    print("wrote " + ", ".join(f"{path} ({rows:,} rows)" for path, rows in written.items()))


if __name__ == "__main__":
    sys.exit(main())
