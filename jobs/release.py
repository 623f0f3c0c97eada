"""Release the best candidate of a training, by default the newest complete one: champion, and served from models/latest.

It needs no data: the run holds all of it. Releasing the same run twice is one release. A model that costs more per client of the
report split than the champion, or can't be compared with it, is registered as challenger and not released, unless --force says
why. One that grants to a group of clients less than four fifths as often as to another is not released, unless --accept says why
and --by who says so. model.json and the model card keep what was said. Examples:

    python -m jobs.release
    python -m jobs.release --run 4348698567dd482aab7490afaa622d58 --force "the champion uses a field that we may not ask for"
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jobs import command
from jobs.store import add_tracking_uri, tracking_uri
from scoring.settings import ROOT


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument("--root", type=Path, default=ROOT, metavar="DIR", help="where models/ lies (default: the project)")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--run", metavar="ID", help="this very run")
    which.add_argument("--training", metavar="ID", help="which training's best candidate (default: the newest complete one)")
    parser.add_argument("--force", metavar="REASON", help="release in spite of the gate; one line that says why")
    add_acceptance(parser)
    add_tracking_uri(parser)
    return command.run(_release, parser, argv)


def _release(arguments: argparse.Namespace) -> None:
    from scoring.releasing.acceptance import checked_acceptance
    from scoring.releasing.content import CARD
    from scoring.releasing.release import release
    from scoring.tracking import Store

    accepted = checked_acceptance(arguments.accept, arguments.by)
    store = Store(tracking_uri(arguments), create=False)
    released = release(store, arguments.root, arguments.training, run_id=arguments.run, force=arguments.force, accepted=accepted)
    run = released.run
    print(f"released {released.model_version}: {run.tags['candidate']}, run {run.run_id}, training {run.tags['training_id']}")
    print(
        f"out of fold: AUC {run.metrics['oof_auc']:.4f}, cost per client {run.metrics['oof_cost_per_client']:.4f} "
        f"(granting to all: {run.metrics['oof_cost_of_granting_all']:.4f}), threshold {run.metrics['threshold']:.4f}"
    )
    print(_compared(released.told["gate"]))
    for breach in released.told["four_fifths"]["breaches"]:
        print(f"four-fifths rule: {breach}; accepted by {released.told['four_fifths']['accepted']['by']}")
    print(f"in {released.folder}, with its {CARD}")


def add_acceptance(parser: argparse.ArgumentParser) -> None:
    """The options by which somebody answers for a breach of the four-fifths rule."""
    parser.add_argument("--accept", metavar="REASON", help="release in spite of the four-fifths rule; one line that says why")
    parser.add_argument("--by", metavar="NAME", help="who accepts that")


def _compared(gate: Mapping[str, Any]) -> str:
    """The gate's entry of model.json as a line."""
    cost, champion = gate["report_cost"], gate["champion"]
    before = gate.get("costs_changed", gate)["champion_report_cost"]  # at the costs of now
    told = "report split: cost per client " + ("unknown" if cost is None else f"{cost:.4f}")
    told += f" (champion before, {champion}: {'unknown' if before is None else f'{before:.4f}'})" if champion else ""
    return f"{told}; forced: {gate['forced']}" if gate["forced"] else told


if __name__ == "__main__":
    sys.exit(main())
