"""Train what a lender would pick instead of our model, on the same clients and folds, and say who is ahead. Example:

    python -m jobs.compare_models --data ../shared/home_credit --document docs/model-comparison.md

Ours is the released model, fitted anew outside the report split as every peer is. Each model is a run in MLflow, none a candidate
for release. The findings replace what stands between the document's two `<!-- comparison -->` lines, and the pictures what the
folder beside it holds of them. Needs CatBoost, OptBinning and XGBoost: make setup-compare
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jobs import command
from jobs.document import check, write_between
from jobs.store import add_tracking_uri, tracking_uri
from scoring.errors import OutputError, SettingError
from scoring.settings import LATEST

if TYPE_CHECKING:
    from scoring.comparison.comparison import Measured
    from scoring.comparison.document import About
    from scoring.comparison.peers import Peer

MARK = "<!-- comparison -->"


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="the folder of tables")
    parser.add_argument("--release", type=Path, default=LATEST, metavar="DIR", help="of our model (default: the one that serves)")
    parser.add_argument("--document", type=Path, metavar="FILE", help="the document to write into (default: print the findings)")
    parser.add_argument("--seed", type=int, default=0, help="of the folds and the models (default 0)")
    parser.add_argument("--peers", metavar="NAME,NAME", help="compare with these alone (default: all)")
    add_tracking_uri(parser)
    return command.run(_compare_models, parser, argv)


def _compare_models(arguments: argparse.Namespace) -> None:
    if not 0 <= arguments.seed < 2**31:
        raise SettingError(f"--seed {arguments.seed}: it must be from 0 to {2**31 - 1}")
    if arguments.document:  # to be refused now rather than after an hour
        if not arguments.document.suffix:
            raise SettingError(f"--document {arguments.document}: name a file.md, for the pictures go into the folder `file`")
        check(arguments.document, MARK)
    from scoring.comparison.document import draw, leads_of, written
    from scoring.comparison.peers import peers_of

    found, about = _compared(arguments, peers_of(arguments.peers))
    ahead = leads_of(found, seed=about.seed)
    if arguments.document is None:
        print(written(found, ahead, about), end="")
        return
    try:
        pictures = draw(found, ahead, arguments.document.with_suffix(""))
        write_between(arguments.document, MARK, written(found, ahead, about, pictures))
    except OutputError:
        print(written(found, ahead, about), end="")  # it took long
        raise
    print(f"wrote the comparison into {arguments.document}")


def _compared(arguments: argparse.Namespace, peers: "Sequence[Peer]") -> "tuple[list[Measured], About]":
    from tqdm import tqdm

    from jobs.progress import noted
    from model import Scorer
    from scoring.comparison.comparison import compare
    from scoring.comparison.document import About
    from scoring.comparison.runs import Runs
    from scoring.records import fingerprint, read_training
    from scoring.tracking import Store
    from scoring.training.clients import clients_of

    scorer, store = Scorer.load(arguments.release), Store(tracking_uri(arguments))
    frame = read_training(arguments.data, noted)
    clients = clients_of(frame)
    about = About(scorer.model_version, clients, arguments.seed)
    runs = Runs(store, clients, fingerprint=fingerprint(frame), release=about.release, seed=about.seed)
    with tqdm(total=1 + len(peers), unit=" models", leave=False, disable=None) as bar:

        def done(measured: "Measured") -> None:
            bar.set_description(measured.title, refresh=False)
            bar.update()
            runs.send(measured)

        return compare(clients, scorer.model, peers, seed=arguments.seed, done=done), about


if __name__ == "__main__":
    sys.exit(main())
