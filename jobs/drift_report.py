"""Compare the clients of two folders field by field with Evidently, as a page and a summary. Example:

    python -m jobs.drift_report --reference ../shared/home_credit --current ../shared/home_credit \\
        --html var/drift.html --json var/drift.json

The reference is application_train where its folder has it, else application_test; the current clients are the other way
round, so that one folder given twice compares train with test. Exit code 0: no drift, 1: drift, 2: it couldn't be told.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from jobs import command

DRIFT = 1


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument("--reference", type=Path, required=True, metavar="DIR", help="folder of the clients to compare with")
    parser.add_argument("--current", type=Path, required=True, metavar="DIR", help="folder of the clients of today")
    parser.add_argument("--html", type=Path, required=True, metavar="FILE", help="where the page goes")
    parser.add_argument("--json", type=Path, required=True, metavar="FILE", help="where the summary goes")
    return command.run(_drift_report, parser, argv)


def _drift_report(arguments: argparse.Namespace) -> int:
    from tqdm import tqdm

    from scoring.drift import compare
    from scoring.files import new_file
    from scoring.records import read_application

    with (
        tqdm(total=4, desc="reading", leave=False, disable=None) as bar,
        new_file(arguments.html) as html,
        new_file(arguments.json) as summary,
    ):
        reference, reference_name = read_application(arguments.reference, "application_train")
        bar.update()
        current, current_name = read_application(arguments.current, "application_test")
        bar.update()
        bar.set_description("comparing")
        drift, page = compare(reference, current, sources=(str(reference_name), str(current_name)))
        bar.update()
        bar.set_description("writing")
        html.write(page.encode())
        summary.write(json.dumps(drift.summary(), indent=1).encode())
        bar.update()
    drifted = [field.field for field in drift.fields if field.drifted]
    print(
        f"{len(drifted)} of {len(drift.fields)} fields drift ({', '.join(drifted[:8]) or 'none'}"
        f"{', ...' if len(drifted) > 8 else ''}) between {reference_name} and {current_name}: "
        f"{'DRIFT' if drift.drifted else 'no drift'}; see {arguments.html}"
    )
    return DRIFT if drift.drifted else command.DONE


if __name__ == "__main__":
    sys.exit(main())
