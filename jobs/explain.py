"""Explain the decision on every application in a folder of Home Credit tables, and show what moved them. Examples:

    python -m jobs.explain --data ../shared/home_credit --out var/explained.parquet --recourse
    python -m jobs.explain --data var/sample --out var/explained.parquet --picture var/moves.png --language fr

One row a client, by ascending SK_ID_CURR: what jobs.score_batch writes, SK_ID_CURR, probability, threshold, prediction, decision;
base_value; `against` and `in_favour`, the codes of the reasons, the strongest first; with --recourse `changes` (field, from, to:
null where credit is granted, empty where nothing would suffice) and changed_probability; then contribution.FIELD for each field
of the model. base_value and the contributions add up to the log-odds of the probability.

The picture shows the fields that moved the probabilities most, and how, for up to 2,000 clients drawn at random: by default
beside the table, under its name with .png. Nothing goes to the decision log: these are no decisions until somebody issues them.
"""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jobs import command
from jobs.score_batch import Scorer, decision_schema, decisions
from scoring.errors import OutputError

if TYPE_CHECKING:
    import pyarrow as pa

    from scoring.explaining.portfolio import Portfolio

BATCH = 2_000
"""Clients explained at once: some seconds of work."""
_LANGUAGES = ("fr", "en")  # scoring.explaining.language.CODES, without loading it for a --help; a test holds them equal


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of application_train, _test or both")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.parquet", help="the explanations")
    parser.add_argument("--picture", type=Path, metavar="FILE.png", help="what moved them (default: beside --out, as .png)")
    parser.add_argument("--model", type=Path, metavar="DIR", help="release to explain (default: MODEL_DIR or models/latest)")
    parser.add_argument("--recourse", action="store_true", help="search what would turn each refusal; takes about twice as long")
    parser.add_argument("--language", choices=_LANGUAGES, default="en", help="of the picture (default en)")
    return command.run(_explain, parser, argv)


def _explain(arguments: argparse.Namespace) -> None:
    picture = arguments.picture or arguments.out.with_suffix(".png")
    for option, path, suffix in (("--out", arguments.out, ".parquet"), ("--picture", picture, ".png")):
        if path.suffix != suffix:
            raise OutputError(f"{option} {path}: name a file that ends in {suffix}")

    import model
    from jobs.progress import noted, shown
    from scoring.explaining.beeswarm import plot_beeswarm
    from scoring.explaining.language import read_languages
    from scoring.explaining.portfolio import Portfolio
    from scoring.explaining.sample import Sample
    from scoring.files import new_file
    from scoring.output import write_batches
    from scoring.records import read_records
    from scoring.settings import Settings

    scorer = model.Scorer.load(arguments.model or Settings.from_env(os.environ).model_dir)
    # The picture's file comes first, so that a place where it can't be written is found before the work, not after it.
    with new_file(picture) as image, read_records(arguments.data, BATCH, say=noted) as records:
        sample = Sample(scorer.model.fields_, records.count)
        portfolio = Portfolio(scorer.explainer(), decision_schema(), sample, recourse=arguments.recourse)
        with new_file(arguments.out) as table:
            batches = explanations(shown(records.batches, records.count), scorer, portfolio)
            rows = write_batches(table, arguments.out.suffix, portfolio.schema, batches)
        plot_beeswarm(sample, read_languages()[arguments.language], image)
    told = _told(portfolio) if arguments.recourse else ""
    print(f"wrote {rows:,} explanations of model {scorer.model_version} to {arguments.out}: {portfolio.refused:,} refused{told}")


def explanations(batches: "Iterable[pa.RecordBatch]", scorer: Scorer, portfolio: "Portfolio") -> "Iterator[pa.RecordBatch]":
    """Batches of client records (the columns of FIELDS) -> batches of portfolio.schema, row by row the same clients."""
    from scoring.records import columns

    for batch in batches:
        [decided] = decisions([batch], scorer)
        yield portfolio.explained(decided, columns(batch))


def _told(portfolio: "Portfolio") -> str:
    return f", {portfolio.turned / portfolio.refused:.1%} of them with a recourse" if portfolio.refused else ""


if __name__ == "__main__":
    sys.exit(main())
