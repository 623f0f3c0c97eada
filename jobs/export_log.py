"""Write the decision log's decisions to a file, one JSON object a line: inputs, outputs, and what was said later. Examples:

    python -m jobs.export_log --out var/decisions.jsonl
    python -m jobs.export_log --out var/november.jsonl --since 2026-11-01

In the order in which they were logged; simulations are left out. `inputs` is null where the record was purged. The file holds
personal records: it wants the care that the log gets.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from jobs import command


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="FILE.jsonl")
    parser.add_argument("--since", metavar="DATE", help="only decisions from this day, or time, on")
    return command.run(_export, parser, argv)


def _export(arguments: argparse.Namespace) -> None:
    import msgspec
    from tqdm import tqdm

    from jobs.log import opened, settings
    from scoring.decision_log.exporting import exported, simulations
    from scoring.decision_log.moments import moment
    from scoring.decision_log.parts import stored_head
    from scoring.files import new_file

    since = "" if arguments.since is None else moment(arguments.since, "--since")
    encode = msgspec.json.Encoder().encode
    written = 0
    with opened(settings().database_url) as database, database.snapshot() as connection, new_file(arguments.out) as file:
        os.fchmod(file.fileno(), 0o600)  # as the log itself
        head, left_out = stored_head(connection), simulations(connection, since)
        for decision in tqdm(exported(connection, since), unit=" decisions", leave=False, disable=None):
            file.write(encode(decision) + b"\n")
            written += 1
    print(f"wrote {written:,} decisions to {arguments.out}; {left_out:,} simulations left out; head {head.count}:{head.digest}")


if __name__ == "__main__":
    sys.exit(main())
