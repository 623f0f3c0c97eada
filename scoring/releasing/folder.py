"""Release folders and the one link that says which of them serves.

    models/releases/<name>/    whole releases: the one that serves and the one before it
    models/latest              -> releases/<name>, replaced in one rename
    mlruns_reduced             -> models/latest/run, made once

A kill at any moment leaves `latest` on a whole release, old or new: a folder gets its name when all of it is on the disk, and
loses its name before anything in it is removed.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from scoring.errors import OutputError
from scoring.files import sync_folder

RUN = "run"
_UNNAMED = ".part-"


def publish(root: Path, name: str, files: Mapping[str, bytes]) -> Path:
    """Make the release `name` of `files` (path below the folder -> content) the one that serves; gives its folder.

    A release that is there already, whole and the same, is used as it is. Raises OutputError where root can't be written.
    """
    releases = root / "models" / "releases"
    try:
        releases.mkdir(parents=True, exist_ok=True)
        with _alone(releases):
            before = serving(root)
            folder = _write(releases, name, files)
            _link(root / "mlruns_reduced", Path("models", "latest", RUN))
            _link(root / "models" / "latest", Path("releases", folder.name))
            if before != folder:  # else nobody knows which one was before it
                _keep_only(releases, {folder, before})
    except OSError as error:
        raise OutputError(f"can't release in {root}: {error.strerror or error} ({error.filename})") from error
    return folder


def serving(root: Path) -> Path | None:
    """The release folder that models/latest points to, if any."""
    latest = root / "models" / "latest"
    return latest.parent / latest.readlink() if latest.is_symlink() else None


def _write(releases: Path, name: str, files: Mapping[str, bytes]) -> Path:
    folder, copies = releases / name, 1
    while folder.exists():
        if _holds(folder, files):
            return folder
        copies += 1  # someone changed what lies there, and it may be what serves
        folder = releases / f"{name}.{copies}"
    unnamed = releases / f"{_UNNAMED}{os.getpid()}-{folder.name}"
    shutil.rmtree(unnamed, ignore_errors=True)
    try:
        for path, content in files.items():
            _write_file(unnamed / path, content)
        for below in (unnamed, *(path for path in unnamed.rglob("*") if path.is_dir())):
            sync_folder(below)
        unnamed.rename(folder)
    finally:
        shutil.rmtree(unnamed, ignore_errors=True)
    sync_folder(releases)
    return folder


def _write_file(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _alone(releases: Path) -> Iterator[None]:
    """One release at a time in a folder: another waits, and goes with the process that dies."""
    lock = os.open(releases, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _holds(folder: Path, files: Mapping[str, bytes]) -> bool:
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return there.keys() == files.keys() and all(there[path].read_bytes() == content for path, content in files.items())


def _link(link: Path, target: Path) -> None:
    """Point `link` at `target`, a path relative to it, without a moment in which it points nowhere."""
    if link.is_symlink() and link.readlink() == target:
        return
    if link.exists() and not link.is_symlink():
        raise OutputError(f"{link} is there and is not the link that a release makes: move it away")
    beside = link.with_name(f"{_UNNAMED}{os.getpid()}-{link.name}")
    beside.unlink(missing_ok=True)
    beside.symlink_to(target)
    beside.replace(link)
    sync_folder(link.parent)


def _keep_only(releases: Path, kept: set[Path | None]) -> None:
    for folder in releases.iterdir():
        if folder not in kept:
            doomed = folder if folder.name.startswith(_UNNAMED) else folder.rename(releases / f"{_UNNAMED}old-{folder.name}")
            shutil.rmtree(doomed)
