"""How steady the released model's decisions are: what a small change of one amount does to them. Example:

    python -m jobs.steadiness --data ../shared/home_credit

Every application of application_test, which no training saw, is scored as it is and with each amount one percent higher and
lower, everything else as it was.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jobs import command
from scoring import markdown
from scoring.errors import SettingError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

AMOUNTS = ("AMT_ANNUITY", "AMT_CREDIT", "AMT_GOODS_PRICE", "AMT_INCOME_TOTAL")


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="the folder of tables")
    parser.add_argument("--percent", type=float, default=1.0, help="how much an amount changes (default 1)")
    parser.add_argument("--model", type=Path, metavar="DIR", help="release to try (default: MODEL_DIR or models/latest)")
    return command.run(_steadiness, parser, argv)


def _steadiness(arguments: argparse.Namespace) -> None:
    if not 0 < arguments.percent < 100:
        raise SettingError(f"--percent {arguments.percent}: it must be above 0 and below 100")
    import numpy as np

    from jobs.progress import noted, shown
    from model import Scorer
    from scoring.records import columns, read_records
    from scoring.settings import Settings
    from scoring.tables import APPLICATION_TEST

    scorer = Scorer.load(arguments.model or Settings.from_env(os.environ).model_dir)
    changes = [(name, sign * arguments.percent) for name in AMOUNTS for sign in (1, -1)]
    before: list[NDArray[np.float64]] = []
    after: list[list[NDArray[np.float64]]] = [[] for _ in changes]
    with read_records(arguments.data, say=noted, applications=[APPLICATION_TEST]) as records:
        for batch in shown(records.batches, records.count):
            fields = columns(batch)
            before.append(scorer.score(fields).probability)
            for (name, percent), found in zip(changes, after, strict=True):
                found.append(scorer.score({**fields, name: fields[name] * (1 + percent / 100)}).probability)
    print(f"model {scorer.model_version}, {records.count:,} applications of application_test, threshold {scorer.threshold:.4f}")
    print(table(np.concatenate(before), [(*c, np.concatenate(a)) for c, a in zip(changes, after, strict=True)], scorer.threshold))


def table(before: "NDArray[np.float64]", changed: "Sequence[tuple[str, float, NDArray[np.float64]]]", threshold: float) -> str:
    """Markdown: of each change (field, percent, PDs after it) the decisions that turn and how far PDs move."""
    import numpy as np

    rows = []
    for name, percent, after in changed:
        turned = float(np.mean((before >= threshold) != (after >= threshold)))
        moved = np.abs(after - before)
        middle, most = np.quantile(moved, [0.5, 0.95]) * 100
        rows.append([f"{name} {percent:+g}%", f"{turned:.2%}", f"{middle:.2f} points", f"{most:.2f} points"])
    titles = ["change", "decisions that turn", "median change of the PD", "95% of PDs move by less than"]
    return "\n".join(markdown.table(titles, rows))


if __name__ == "__main__":
    sys.exit(main())
