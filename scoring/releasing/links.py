"""Which release serves, and which served before it: links that change in one rename.

    models/releases/<name>/         whole releases: the one that serves and the one before it
    models/releases/.before-<name>  -> the one that served before <name> did
    models/latest                   -> releases/<name>, replaced in one rename
    mlruns_reduced                  -> models/latest/run, made once

A kill at any moment leaves `latest` on a whole release, old or new. What was before is told by name, ahead of that rename:
whichever serves after a kill, its own link tells the way back, even where a third folder was left.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scoring.errors import OutputError
from scoring.files import sync_folder

RUN = "run"
UNNAMED = ".part-"
_BEFORE = ".before-"


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """One release or rollback at a time in a folder: another waits; the lock goes with the process that dies.

    Raises OutputError where root can't be written.
    """
    releases = releases_of(root)
    with in_one_line(root):
        releases.mkdir(parents=True, exist_ok=True)
        lock = os.open(releases, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def switch(root: Path, folder: Path) -> None:
    """Let a whole release folder serve; the caller is alone(root). Raises OutputError where root can't be written."""
    with in_one_line(root):
        served = serving(root)
        _link(root / "mlruns_reduced", Path("models", "latest", RUN))
        if served and served != folder:
            _link(told_before(folder), Path(served.name))
        _link(root / "models" / "latest", Path("releases", folder.name))


def serving(root: Path) -> Path | None:
    """The release folder that models/latest points to, if any."""
    latest = root / "models" / "latest"
    return latest.parent / latest.readlink() if latest.is_symlink() else None


def before(root: Path) -> Path | None:
    """The release folder that served before the one that serves now, if any; after a rollback, the one rolled back from."""
    served = serving(root)
    told = told_before(served) if served else None
    return told.with_name(str(told.readlink())) if told and told.is_symlink() else None


def releases_of(root: Path) -> Path:
    """The folder of the release folders."""
    return root / "models" / "releases"


def told_before(folder: Path) -> Path:
    """The link that tells which release served before this one did."""
    return folder.with_name(f"{_BEFORE}{folder.name}")


@contextmanager
def in_one_line(root: Path) -> Iterator[None]:
    """Whatever the disk complains of becomes an OutputError."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"can't release in {root}: {error.strerror or error} ({error.filename})") from error


def _link(link: Path, target: Path) -> None:
    """Point `link` at `target`, a path relative to it, without a moment in which it points nowhere."""
    if link.is_symlink() and link.readlink() == target:
        return
    if link.exists() and not link.is_symlink():
        raise OutputError(f"{link} is there and is not the link that a release makes: move it away")
    beside = link.with_name(f"{UNNAMED}{os.getpid()}-{link.name}")
    beside.unlink(missing_ok=True)
    beside.symlink_to(target)
    beside.replace(link)
    sync_folder(link.parent)
