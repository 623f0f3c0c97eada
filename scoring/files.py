"""Files written beside, synced to the disk, then renamed, so that nobody meets half of one."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from scoring.errors import OutputError


@contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write that gets its name when the block ends well; else what had that name stays, and nothing is left.

    Raises OutputError, before and in the block, if it can't be written there.
    """
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    with in_one_line(path):
        # What a link leads to isn't replaced, but the link: of /dev/stdout the machine's own.
        if path.is_symlink() or (path.exists() and not (path.is_file() and os.access(path, os.W_OK))):
            raise OutputError(f"{path} is there and can't be replaced: name another file")
        try:
            with beside.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        sync_folder(path.parent)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A folder to fill that gets its name when the block ends well; else nothing is left; OutputError if it can't be made."""
    beside = path.resolve().with_name(f"{path.name}.{os.getpid()}.part")
    make_folder(beside)
    try:
        yield beside
        with in_one_line(path):
            beside.rename(path)
            sync_folder(path.resolve().parent)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def make_folder(folder: Path) -> None:
    """The folder and those above it; OutputError where it can't be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"can't write in {folder}: {error.strerror or error}") from error


@contextmanager
def standard_output() -> Iterator[BinaryIO]:
    """The process's standard output, for bytes; OutputError if its reader goes away."""
    with in_one_line(Path("standard output")), open(1, "wb", closefd=False) as file:
        yield file


def sync_tree(folder: Path) -> None:
    """Make a folder, with every file and folder below it, outlast a power cut."""
    for path in (*folder.rglob("*"), folder):
        _sync(path)


def sync_folder(folder: Path) -> None:
    """Make a folder's new names outlast a power cut."""
    _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def in_one_line(path: Path) -> Iterator[None]:
    """What the system complains of becomes an OutputError that names the path."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{path} can't be written: {error.strerror or error}") from error
