"""Give the model that serves other costs of an error: its threshold is chosen anew, and released as a new version.

Nothing is trained: the run that it came of kept what a threshold is learnt from. --fn: what granting to a defaulter costs; --fp:
what refusing a good client costs. One that grants to a group of clients less than four fifths as often as to another is not
released, unless --accept says why and --by who says so. Examples:

    python -m jobs.set_costs --fn 8 --fp 1
    python -m jobs.set_costs --fn 8 --fp 1 --run 4348698567dd482aab7490afaa622d58
"""

import argparse
import math
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from jobs import command
from jobs.release import add_acceptance
from jobs.store import add_tracking_uri, tracking_uri
from scoring.errors import CreditScoringError, SettingError
from scoring.settings import ROOT

if TYPE_CHECKING:
    from scoring.releasing.release import Released
    from scoring.tracking import StoredRun

LEAST, MOST = 1e-6, 1e6  # beyond, sums over the clients would overflow, or vanish


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument("--fn", required=True, metavar="COST", help="of a false negative: a defaulter is granted credit")
    parser.add_argument("--fp", required=True, metavar="COST", help="of a false positive: a good client is refused")
    parser.add_argument("--root", type=Path, default=ROOT, metavar="DIR", help="where models/ lies (default: the project)")
    parser.add_argument("--run", metavar="ID", help="of this very run's model (default: the one that serves)")
    add_acceptance(parser)
    add_tracking_uri(parser)
    return command.run(_set_costs, parser, argv)


def _set_costs(arguments: argparse.Namespace) -> None:
    from scoring.cost import CostMatrix
    from scoring.releasing.acceptance import checked_acceptance
    from scoring.releasing.choosing import number
    from scoring.releasing.release import release
    from scoring.releasing.repricing import reprice
    from scoring.tracking import Store

    costs = CostMatrix(number(checked_cost("--fn", arguments.fn)), number(checked_cost("--fp", arguments.fp)))
    accepted = checked_acceptance(arguments.accept, arguments.by)
    store = Store(tracking_uri(arguments), create=False)
    repriced = reprice(store, arguments.root, costs=costs, run_id=arguments.run, accepted=accepted)
    with _made_already(repriced.after.run_id):
        released = release(store, arguments.root, run_id=repriced.after.run_id, accepted=accepted)
    _say(repriced.before, released)


def checked_cost(option: str, text: str) -> float:
    """The cost that an option gives; SettingError unless it is a number from LEAST to MOST."""
    try:
        cost = float(text)
    except ValueError:
        cost = math.nan
    if not LEAST <= cost <= MOST:
        raise SettingError(f"{option} {text[:40]!r}: give a finite number above 0, from {LEAST:f} to {MOST:.0f}")
    return cost


@contextmanager
def _made_already(run_id: str) -> Iterator[None]:
    """An error in the block says that the run with the new costs is there, to be released by itself."""
    try:
        yield
    except CreditScoringError as error:
        kept = f"the run with the new costs is {run_id}, for `python -m jobs.release --run {run_id}`"
        raise type(error)(f"{error.message}; {kept}", error.details) from error


def _say(before: "StoredRun", released: "Released") -> None:
    after, gate = released.run, released.told["gate"]
    print(f"run {after.run_id} is run {before.run_id} at costs of {_costs(after)}, before: {_costs(before)}")
    if changed := gate.get("costs_changed"):
        dear, cheap = (changed[name] for name in ("champion_report_cost", "report_cost"))
        if dear is not None:
            print(f"report split, at the new costs: {cheap:.4f} per client; the decisions of {gate['champion']}: {dear:.4f}")
    approved, then = (run.metrics["oof_approval_rate"] for run in (after, before))
    print(
        f"released {released.model_version}: threshold {before.metrics['threshold']:.4f} -> {after.metrics['threshold']:.4f}, "
        f"approval rate out of fold {then:.2%} -> {approved:.2%}"
    )


def _costs(run: "StoredRun") -> str:
    return " and ".join(run.params[f"cost_{error}"] for error in ("false_negative", "false_positive"))


if __name__ == "__main__":
    sys.exit(main())
