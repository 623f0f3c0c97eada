"""Whether the libraries that are installed here serve the released model as it was released. Example:

    python -m jobs.trial

It is opened and scores its golden records to the last bit, and the app decides about the demo clients, with a decision log of its
own that is gone afterwards. `jobs.upgrade` runs this in an environment of requirements.txt alone. Exit 1: a score or a decision
isn't as it should be.
"""

import argparse
import sys
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jobs import command
from scoring.settings import LATEST, ROOT

if TYPE_CHECKING:
    from model import Scorer

FAILED = 1
DEMO = ROOT / "data" / "demo_clients.json"


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument("--release", type=Path, default=LATEST, metavar="DIR", help="of the model (default: the one that serves)")
    return command.run(_try, parser, argv)


def _try(arguments: argparse.Namespace) -> int:
    from scoring.errors import ModelError, NotReady

    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("default")
        try:
            scorer = _opened(arguments.release)
            decided = _decided(scorer)
        except (ModelError, NotReady) as error:
            print(f"failed: {error.message}", file=sys.stderr)
            return FAILED
        finally:
            for said in dict.fromkeys(str(one.message) for one in warned):
                print(f"note: {said}", file=sys.stderr)
    print(f"{len(scorer.release.golden)} golden records score as at release; the app decides about {decided} demo clients")
    return command.DONE


def _opened(release: Path) -> "Scorer":
    """The released model; where its golden records score otherwise, the ModelError says how far off they are."""
    import numpy as np

    from model import Scorer
    from scoring.errors import ModelError

    class Tried(Scorer):
        def check(self) -> None:
            try:
                super().check()
            except ModelError as error:
                golden = self.release.golden
                off = np.abs(self.score(self.release.golden_by_field()).raw - [one.raw for one in golden])
                which = ", ".join(f"{number} by {by:.3g}" for number, by in enumerate(off, start=1) if by)
                raise ModelError(f"{error.message}; of all {len(golden)} together: {which or 'none'}") from None

    return Tried.load(release)


def _decided(scorer: "Scorer") -> int:
    """How many clients the app decided about and logged; NotReady where it didn't."""
    import json
    import secrets
    from contextlib import closing

    from app import create_app
    from scoring.decision_log.database import Database
    from scoring.decision_log.log import SqlLog
    from scoring.decision_log.spool import Spool
    from scoring.errors import NotReady
    from scoring.settings import Settings

    key, clients = secrets.token_hex(), json.loads(DEMO.read_bytes())
    with tempfile.TemporaryDirectory() as folder, closing(Database(f"sqlite:///{folder}/decisions.db")) as database:
        settings = Settings.from_env({"API_KEY": key, "SPOOL_DIR": f"{folder}/spool"})
        log = SqlLog(database, Spool(settings.spool_dir))
        log.prepare()
        app = create_app(settings, scorer, log).test_client()
        answer = app.post("/predict", json={"data": clients}, headers={"x-api-key": key})
        if answer.status_code != 200:
            raise NotReady(f"the app answers POST /predict with {answer.status_code}: {answer.get_data(as_text=True)}")
        if (where := log.check()) != "database":
            raise NotReady(f"the app logs into the {where}, with a database there")
    return len(answer.get_json()["decisions"])


if __name__ == "__main__":
    sys.exit(main())
