"""Which file of a folder holds a table, and that file unpacked."""

import gzip
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from scoring.errors import TableError

SUFFIXES = (".csv", ".csv.gz", ".csv.zip", ".zip", ".parquet")
_BLOCK = 1 << 20
_BROKEN = (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)  # what unpacking can raise


def find_file(folder: Path, name: str) -> Path | None:
    """The one file of a table in a folder, None if there is none; TableError for no folder and for several files."""
    if not folder.is_dir():
        raise TableError(f"{folder} is {'not a folder' if folder.exists() else 'missing'}: name the folder that holds the tables")
    found = [path for suffix in SUFFIXES if (path := folder / f"{name}{suffix}").exists()]
    if len(found) > 1:
        raise TableError(f"{folder} holds table {name} more than once: {' and '.join(p.name for p in found)}; keep one of them")
    return found[0] if found else None


def missing_tables(folder: Path, names: Sequence[str]) -> TableError:
    """The error for a folder that holds none of these tables, naming the files that would do."""
    files = "; or ".join(", ".join(f"{name}{suffix}" for suffix in SUFFIXES) for name in names)
    return TableError(f"{folder} doesn't hold table {' or '.join(names)}: put there one of {files}")


def unpacked(path: Path, name: str, scratch: Path) -> Path:
    """The file itself, or what it packs as NAME.csv in the folder `scratch`; TableError for what can't be unpacked whole."""
    plain = scratch / f"{name}.csv"
    if path.suffix == ".gz":
        # DuckDB reads gzip too, but doesn't look at its checksum.
        with _unpacking(path, "gzip"), gzip.open(path) as packed:
            _copy(packed, plain)
    elif path.suffix == ".zip":
        with _unpacking(path, "zip"), zipfile.ZipFile(path) as archive:
            _copy(archive.open(_member(path, archive, plain.name)), plain)
    else:
        return path
    return plain


def _member(path: Path, archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    # A Mac puts a second entry of the same name beside each file.
    members = [m for m in archive.infolist() if Path(m.filename).name == name and not m.filename.startswith("__MACOSX")]
    if len(members) != 1:
        raise TableError(f"{path} holds {len(members)} files called {name}: it must hold one")
    return members[0]


def _copy(packed: IO[bytes] | gzip.GzipFile, plain: Path) -> None:
    with packed, plain.open("wb") as file:
        shutil.copyfileobj(packed, file, _BLOCK)


@contextmanager
def _unpacking(path: Path, format: str) -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        reason = error or "it is cut short"
        raise TableError(
            f"{path} can't be unpacked as {format} ({reason}): fetch it again, or set TMPDIR if the disk is full"
        ) from error
