"""Release folders, written so that nobody meets half of one.

A folder gets its name when all of it is on the disk, and loses its name before anything in it is removed: whatever has a name in
models/releases is whole. Which of them serves is said by links (scoring/releasing/links.py).
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from scoring.files import sync_folder, sync_tree
from scoring.releasing.links import UNNAMED, before, in_one_line, releases_of, switch, told_before


def publish(root: Path, name: str, files: Mapping[str, bytes]) -> Path:
    """Make the release `name` of `files` (path below the folder -> content) the one that serves; gives its folder.

    The caller is alone(root). A release that is there already, whole and the same, is used as it is. Raises OutputError where
    root can't be written.
    """
    releases = releases_of(root)
    with in_one_line(root):
        folder = _write(releases, name, files)
        switch(root, folder)
        _keep_only(releases, {folder, before(root), told_before(folder)})
    return folder


def _write(releases: Path, name: str, files: Mapping[str, bytes]) -> Path:
    folder, copies = releases / name, 1
    while folder.exists():
        if _holds(folder, files):
            return folder
        copies += 1  # someone changed what lies there, and it may be what serves
        folder = releases / f"{name}.{copies}"
    unnamed = releases / f"{UNNAMED}{os.getpid()}-{folder.name}"
    shutil.rmtree(unnamed, ignore_errors=True)
    try:
        for path, content in files.items():
            (unnamed / path).parent.mkdir(parents=True, exist_ok=True)
            (unnamed / path).write_bytes(content)
        sync_tree(unnamed)
        unnamed.rename(folder)
    finally:
        shutil.rmtree(unnamed, ignore_errors=True)
    sync_folder(releases)
    return folder


def _holds(folder: Path, files: Mapping[str, bytes]) -> bool:
    there = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return there.keys() == files.keys() and all(there[path].read_bytes() == content for path, content in files.items())


def _keep_only(releases: Path, kept: set[Path | None]) -> None:
    for entry in releases.iterdir():
        if entry in kept:
            continue
        if entry.is_symlink():
            entry.unlink()
        else:
            doomed = entry if entry.name.startswith(UNNAMED) else entry.rename(releases / f"{UNNAMED}old-{entry.name}")
            shutil.rmtree(doomed)
