"""Generated clients as a folder of tables that stands for Kaggle's."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from scoring import fields
from scoring.errors import OutputError, SettingError
from scoring.files import make_folder, new_file
from scoring.synthetic.applications import FIRST_ID, Block, blocks
from scoring.synthetic.formats import WRITERS, Format
from scoring.synthetic.histories import TABLES
from scoring.synthetic.histories import histories as histories_of
from scoring.tables.files import SUFFIXES

_APPLICATIONS = ("application_train", "application_test")


def write_sample(
    out: Path,
    clients: int,
    seed: int,
    format: Format,
    test_share: float = 0.2,
    histories: bool = True,
    progress: Callable[[int], object] | None = None,
) -> dict[Path, int]:
    """Write application_train, application_test (without TARGET) and, unless told not to, the histories in folder `out`.

    Gives each file's rows. Block by block, each block's size told to `progress`; the files appear when all are whole, in place
    of older ones. Raises OutputError for fewer than one client, for what can't be written, and, without histories, for a folder
    that holds some: the new clients have the numbers of the old ones, and would get their histories. SettingError for a
    meaningless share or seed.
    """
    if not 0 <= test_share <= 1:
        raise SettingError(f"the share of test clients is {test_share}: it must be between 0 and 1")
    generated = blocks(clients, seed)
    names = (*_APPLICATIONS, *(TABLES if histories else ()))
    paths = {name: out / f"{name}.{format}" for name in names}
    rows = dict.fromkeys(paths.values(), 0)
    if not histories:
        _refuse_histories(out)
    make_folder(out)
    with ExitStack() as stack:
        files = {name: stack.enter_context(new_file(path)) for name, path in paths.items()}
        appends = {
            name: stack.enter_context(WRITERS[format](file)) for name, file in files.items()
        }  # closed before any is renamed
        for block in generated:
            for name, part in _parts(block, seed, test_share, histories):
                appends[name](part)
                rows[paths[name]] += len(part)
            if progress:
                progress(block.wanted)
    return rows


def _refuse_histories(out: Path) -> None:
    """OutputError where the folder holds a history table, in whatever format a reader would find it."""
    found = [path.name for name in TABLES for suffix in SUFFIXES if (path := out / f"{name}{suffix}").exists()]
    if found:
        raise OutputError(
            f"{out} holds {', '.join(found)}, which would be read as the new clients' histories: "
            "remove what is there or name another folder"
        )


def _parts(block: Block, seed: int, test_share: float, histories: bool) -> Iterator[tuple[str, pd.DataFrame]]:
    """What a block adds to the tables: name -> rows, a table of histories several times."""
    clients = block.applications
    test = _in_test(clients[fields.ID].to_numpy() - FIRST_ID, test_share)
    yield from zip(_APPLICATIONS, (clients[~test], clients[test].drop(columns=fields.TARGET)), strict=True)
    if histories:
        for part in histories_of(block, seed):
            yield from part.items()


def tables(clients: int, seed: int, first_id: int = FIRST_ID) -> dict[str, pd.DataFrame]:
    """Name -> table of a few clients, in memory: "application_train" with all of them and TARGET, and their histories.

    What `write_sample` writes for the same seed, and the rows of the first clients of many are those that fewer would have.
    """
    generated = list(blocks(clients, seed, first_id))
    parts = [part for block in generated for part in histories_of(block, seed)]
    own = {"application_train": pd.concat([block.applications for block in generated], ignore_index=True)}
    return own | {name: pd.concat([part[name] for part in parts], ignore_index=True) for name in TABLES}


def _in_test(position: npt.NDArray[np.int64], share: float) -> npt.NDArray[np.bool_]:
    """Which clients go to the test set: evenly spread (the fifth of every five for 0.2), whatever the block."""
    return np.asarray(np.floor((position + 1) * share) > np.floor(position * share))
