"""Make logged decisions again and hold them against the log, whose chain is verified on the way. Examples:

    python -m jobs.replay
    python -m jobs.replay --since 2026-11-21
    python -m jobs.replay --id 019aa8f2-7c1e-7d3b-9a55-0c6f1de2b3a4
    python -m jobs.replay --anchor 10004:3fa4...

The raw score must be the same to the bit, the PD to 1e-15, and every row what was logged, in its place. Whoever can write to the
database can make a whole chain of their own: keep the head that the last line gives in another place, and give it as --anchor
later. --id looks at one row alone, --since at the rows that follow. Exit codes: 0 all identical and whole, 1 something was found,
2 it couldn't run; a decision whose model isn't here is counted and no failure.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from jobs import command
from scoring.errors import SettingError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from scoring.decision_log.chain import Head
    from scoring.decision_log.parts import Part
    from scoring.decision_log.replaying import Found, Tally

SOMETHING_FOUND = 1
MOST_TOLD = 20


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--since", metavar="DATE", help="only decisions from this day, or time, on")
    which.add_argument("--id", metavar="DECISION_ID", help="only this decision")
    parser.add_argument("--model", type=Path, metavar="DIR", help="folder of releases (default: models/releases and MODEL_DIR)")
    parser.add_argument("--anchor", metavar="COUNT:DIGEST", help="a head that was kept, as the last line gives it")
    return command.run(_replay, parser, argv)


def _replay(arguments: argparse.Namespace) -> int:
    from tqdm import tqdm

    from jobs.log import opened, settings
    from model import Scorer
    from scoring.decision_log import parts
    from scoring.decision_log.moments import moment
    from scoring.decision_log.reading import recorded_purges
    from scoring.decision_log.replaying import Tally, replayed
    from scoring.releasing.models_by_sha256 import ModelsBySha256, release_folders

    since = None if arguments.since is None else moment(arguments.since, "--since")
    anchor = None if arguments.anchor is None else parts.anchor(arguments.anchor, "--anchor")
    if anchor and (since or arguments.id is not None):
        raise SettingError("--anchor proves what stands before it: give it without --since and --id")
    found_settings, tally = settings(), Tally()
    models = ModelsBySha256([arguments.model] if arguments.model else release_folders(found_settings), Scorer.load)
    with opened(found_settings.database_url) as database, database.snapshot() as connection:
        head, purged, part = parts.stored_head(connection), recorded_purges(connection), _part(connection, since, arguments.id)
        with tqdm(part.rows, total=max(0, part.end.count - part.start.count), unit=" rows", leave=False, disable=None) as rows:
            found = replayed(part._replace(rows=iter(rows)), purged, models, tally)
            something = _tell(chain(_anchor_found(connection, anchor), found))
    _note_missing(tally)
    print(_summary(tally, part, head, one=arguments.id is not None))
    return SOMETHING_FOUND if something else command.DONE


def _part(connection: "Connection", since: str | None, decision_id: str | None) -> "Part":
    from scoring.decision_log import parts

    if decision_id is not None:
        return parts.single(connection, decision_id)
    return parts.part_since(connection, since) if since else parts.whole(connection)


def _anchor_found(connection: "Connection", anchor: "Head | None") -> "Iterator[Found]":
    from scoring.decision_log.parts import anchor_problem
    from scoring.decision_log.replaying import Found

    if anchor and (problem := anchor_problem(connection, anchor)):
        yield Found(anchor.count, None, problem)


def _tell(found: "Iterator[Found]") -> bool:
    """Print the first findings, and how many more there are; gives whether there are any."""
    first = list(islice(found, MOST_TOLD))
    more = sum(1 for _ in found)
    for one in first:
        print(one)
    if more:
        print(f"and {more:,} more")
    return bool(first)


def _note_missing(tally: "Tally") -> None:
    for sha256, number in tally.without_model.items():
        print(f"note: {number:,} made by a model that isn't here, sha256 {sha256}: --model names its folder", file=sys.stderr)


def _summary(tally: "Tally", part: "Part", head: "Head", *, one: bool) -> str:
    missing = tally.without_model.total()
    decisions = tally.identical + tally.differ + tally.purged + missing
    whole = f"not whole, {tally.broken:,} found" if tally.broken else "whole"
    checked = f"chain of {tally.rows:,} rows {whole}"
    if one:
        checked = f"its row {'not ' if tally.broken else ''}as logged"
    elif part.start.count:
        checked = f"chain of {tally.rows:,} rows after row {part.start.count:,} {whole}"
    return (
        f"{decisions:,} {'decision' if decisions == 1 else 'decisions'} replayed: {tally.identical:,} identical, "
        f"{tally.differ:,} differ, {tally.purged:,} without their record (purged), {missing:,} without their model; "
        f"{checked}; head {head.count}:{head.digest}"
    )


if __name__ == "__main__":
    sys.exit(main())
