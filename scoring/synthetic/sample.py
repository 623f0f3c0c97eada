"""Generated clients as files: a folder that stands for Kaggle's, and the demo's records."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring import fields
from scoring.errors import OutputError, SettingError
from scoring.files import new_file
from scoring.synthetic.applications import FIRST_ID, applications, blocks
from scoring.synthetic.formats import WRITERS, Format

DEMO_CLIENTS, DEMO_SEED, DEMO_FIRST_ID = 200, 2024, 900_001


def write_sample(
    out: Path,
    clients: int,
    seed: int,
    format: Format,
    test_share: float = 0.2,
    progress: Callable[[int], object] | None = None,
) -> dict[Path, int]:
    """Write application_train.<format> and application_test.<format> (without TARGET) in folder `out`; gives each one's rows.

    Block by block, each block's size told to `progress`; the files appear when both are whole, in place of older ones.
    Raises OutputError for fewer than one client and for what can't be written, SettingError for a meaningless share or seed.
    """
    if not 0 <= test_share <= 1:
        raise SettingError(f"the share of test clients is {test_share}: it must be between 0 and 1")
    generated = blocks(clients, seed)
    paths = [out / f"application_{part}.{format}" for part in ("train", "test")]
    rows = dict.fromkeys(paths, 0)
    _make_folder(out)
    with ExitStack() as stack:
        files = [stack.enter_context(new_file(path)) for path in paths]
        appends = [stack.enter_context(WRITERS[format](file)) for file in files]  # closed before any file is renamed
        for block in generated:
            test = _in_test(block[fields.ID].to_numpy() - FIRST_ID, test_share)
            parts = (block[~test], block[test].drop(columns=fields.TARGET))
            for path, append, part in zip(paths, appends, parts, strict=True):
                append(part)
                rows[path] += len(part)
            if progress:
                progress(len(block))
    return rows


def demo_clients(count: int = DEMO_CLIENTS, seed: int = DEMO_SEED, first_id: int = DEMO_FIRST_ID) -> list[dict[str, Any]]:
    """Client records as the API takes them: every field in the field table's order, None where missing, never TARGET."""
    records = applications(count, seed, first_id).reindex(columns=[f.name for f in fields.FIELDS]).to_dict("records")
    return [{str(name): None if pd.isna(value) else value for name, value in record.items()} for record in records]


def write_demo_clients(path: Path) -> int:
    """Write the demo's clients as a JSON array with one record a line, which a diff can show; gives how many."""
    records = demo_clients()
    lines = ",\n".join(json.dumps(record, separators=(",", ":"), allow_nan=False) for record in records)
    _make_folder(path.parent)
    with new_file(path) as file:
        file.write(f"[\n{lines}\n]\n".encode())
    return len(records)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"can't write in {folder}: {error.strerror or error}") from error


def _in_test(position: npt.NDArray[np.int64], share: float) -> npt.NDArray[np.bool_]:
    """Which clients go to the test set: evenly spread (the fifth of every five for 0.2), whatever the block."""
    return np.asarray(np.floor((position + 1) * share) > np.floor(position * share))
