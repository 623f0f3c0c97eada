"""Copies of the released model with one bit flipped: what the scorer makes of each."""

import pickle
import random
import shutil
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import msgspec
from tqdm import tqdm

from model import DOCUMENTS, Release, Scorer
from scoring.errors import ModelError
from tests.conftest import LATEST

FLIPS, SEED = 200, 7


@dataclass(frozen=True, slots=True)
class Flips:
    """Of so many copies with a bit of that file flipped: how many were refused, how many of these only after the pickle was
    opened, and how many score the golden records exactly as released."""

    file: str
    tried: int
    refused: int
    opened: int
    exact: int

    @property
    def wrong(self) -> int:
        """How many load and score otherwise."""
        return self.tried - self.refused - self.exact


def flipped(file: str, count: int = FLIPS) -> Flips:
    """Flip the bits of the file's first and last byte, and others that are drawn, one at a time in one copy."""
    release = LATEST.resolve()
    golden = msgspec.json.decode((release / "model.json").read_bytes(), type=Release)
    refused = opened = exact = 0
    with TemporaryDirectory(prefix="flips-") as folder:
        for name in ("model.pkl", "model.json", *DOCUMENTS):
            shutil.copy(release / name, folder)
        damaged = Path(folder) / file
        content = bytearray(damaged.read_bytes())
        for bit in tqdm(bits(len(content), count), desc=f"bits of {file}", leave=False, disable=None):
            content[bit // 8] ^= 1 << bit % 8
            damaged.write_bytes(content)
            content[bit // 8] ^= 1 << bit % 8
            with _pickles_opened() as pickles:
                scorer = _loaded(Path(folder))
            refused += scorer is None
            opened += scorer is None and bool(pickles)
            exact += scorer is not None and _scores_exactly(scorer, golden)
    return Flips(file, count, refused, opened, exact)


def bits(length: int, count: int) -> Sequence[int]:
    ends = [*range(8), *range(8 * length - 8, 8 * length)]
    return [*ends, *random.Random(SEED).sample(range(8, 8 * length - 8), count - len(ends))]


def _loaded(folder: Path) -> Scorer | None:
    try:
        with warnings.catch_warnings(action="ignore"):  # a library's version may be what was changed
            return Scorer.load(folder)
    except ModelError:
        return None


def _scores_exactly(scorer: Scorer, release: Release) -> bool:
    columns = {name: [one.record.get(name) for one in release.golden] for name in release.fields}
    return [float(raw) for raw in scorer.score(columns).raw] == [one.raw for one in release.golden]


@contextmanager
def _pickles_opened() -> Iterator[list[bytes]]:
    """What pickle.loads is given meanwhile."""
    given: list[bytes] = []
    loads = pickle.loads

    def watched(content: bytes) -> object:
        given.append(content[:1])
        return loads(content)

    with patch("pickle.loads", watched):
        yield given
