"""Lock newer versions, and keep them if the released model serves with them as it did at release. Examples:

    python -m jobs.upgrade lightgbm     # that package, to the newest version that fits, where pyproject.toml pins it too
    python -m jobs.upgrade              # all that pyproject.toml doesn't pin

In a temporary folder the lock is made anew as `make lock` makes it, and requirements.txt is installed into an environment of its
own as a dyno has it, where `jobs.trial` opens the model, scores its golden records and asks the app. Only then are pyproject.toml
and the requirements files written. Exit 1: the trial failed, nothing is written.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from jobs import command
from scoring.settings import ROOT

REFUSED = 1
DYNO = "requirements.txt"


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument("packages", nargs="*", metavar="PACKAGE", help="to raise (default: all that pyproject.toml doesn't pin)")
    return command.run(_upgrade, parser, argv)


def _upgrade(arguments: argparse.Namespace) -> int:
    from jobs.locks import changes
    from jobs.relocking import checked_names, project_files, relock, write

    before = project_files(ROOT)
    names = checked_names(arguments.packages, before)
    with _scratch_folder() as scratch:
        _say(f"locking anew: {', '.join(names) or 'all that pyproject.toml does not pin'}")
        after = relock(ROOT, scratch, before, names)
        if after == before:
            _say("nothing changes: what is locked is the newest that fits")
            return command.DONE
        for line in [str(change) for change in changes(before, after)] or ["no version changes, but hashes or platforms do"]:
            _say(f"  {line}")
        if after[DYNO] == before[DYNO]:
            _say(f"{DYNO} stays as it is, and with it what the model is served with: no trial")
        elif not _serves(scratch):
            print("with these versions the released model doesn't serve as at release: nothing was written", file=sys.stderr)
            return REFUSED
        written = write(ROOT, before, after)
    _say(f"wrote {', '.join(written)}; now: make test, make audit, and commit them together")
    return command.DONE


def _serves(scratch: Path) -> bool:
    """Whether the trial passes in an environment of the scratch folder's requirements.txt; what it says is shown."""
    from jobs.relocking import finished
    from scoring.errors import CreditScoringError

    python = scratch / "venv" / "bin" / "python"
    _say(f"installing the new {DYNO} into an environment of its own (a minute)")
    install = [str(python), "-m", "pip", "install", "--quiet", "-r", DYNO]  # as Heroku's buildpack does it, with dependencies
    for words in ([sys.executable, "-m", "venv", str(python.parent.parent)], install):
        if finished(words, scratch, scratch):
            raise CreditScoringError(f"the new {DYNO} can't be installed: why stands above, and nothing was written")
    _say("trying the released model and the app in it")
    return finished([str(python), "-m", "jobs.trial"], ROOT, scratch) == command.DONE


@contextmanager
def _scratch_folder() -> Iterator[Path]:
    """A temporary folder that is gone after the block, even if a stop comes while it is being removed."""
    from tempfile import TemporaryDirectory

    folder = TemporaryDirectory(prefix="upgrade-")
    try:
        yield Path(folder.name)
    finally:
        try:
            folder.cleanup()
        except KeyboardInterrupt:  # another one is ignored
            folder.cleanup()
            raise


def _say(line: str) -> None:
    """At once: what the steps themselves say comes between."""
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
