"""Client records of clients who don't exist: for training in a test, and for the demo."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from scoring.fields import FIELDS, ID
from scoring.files import make_folder, new_file
from scoring.records import read_training
from scoring.synthetic.applications import FIRST_ID
from scoring.synthetic.sample import tables
from scoring.tables.histories import COVERAGE

DEMO_CLIENTS, DEMO_SEED, DEMO_FIRST_ID = 200, 2024, 900_001
_NOT_LOOKED_UP = 5  # every fifth client: of those nobody knows a history


def labelled_records(clients: int, seed: int, first_id: int = FIRST_ID) -> pd.DataFrame:
    """What scoring.records.read_training gives of so many generated clients, of a fifth of whom no history is known."""
    generated = tables(clients, seed, first_id)
    ids = generated["application_train"][ID]
    known = ((ids - first_id) % _NOT_LOOKED_UP != 0).astype("int64")
    flags = {column.name: known for column in COVERAGE.columns if column.name != ID}
    with TemporaryDirectory() as folder:
        for name, table in (generated | {COVERAGE.name: pd.DataFrame({ID: ids, **flags})}).items():
            table.to_parquet(Path(folder) / f"{name}.parquet", index=False)
        return read_training(Path(folder))


def demo_clients(count: int = DEMO_CLIENTS, seed: int = DEMO_SEED, first_id: int = DEMO_FIRST_ID) -> list[dict[str, Any]]:
    """Client records as the API takes them: every field in the field table's order, None where missing, never TARGET."""
    return as_records(labelled_records(count, seed, first_id))


def as_records(labelled: pd.DataFrame) -> list[dict[str, Any]]:
    """Clients of labelled_records as the API takes them: every field, None where missing, never TARGET."""
    records = labelled[[field.name for field in FIELDS]].to_dict("records")
    return [{str(name): _as_json(value) for name, value in record.items()} for record in records]


def write_demo_clients(path: Path) -> int:
    """Write the demo's clients as a JSON array with one record a line, which a diff can show; gives how many."""
    records = demo_clients()
    lines = ",\n".join(json.dumps(record, separators=(",", ":"), allow_nan=False) for record in records)
    make_folder(path.parent)
    with new_file(path) as file:
        file.write(f"[\n{lines}\n]\n".encode())
    return len(records)


def _as_json(value: Any) -> Any:
    """A value of a frame: None where missing, and whole numbers as people write them."""
    if pd.isna(value):
        return None
    return int(value) if isinstance(value, float) and value.is_integer() else value
