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

from tqdm import tqdm

from model import DOCUMENTS, OPTIONAL, Golden, Scorer
from scoring.errors import ModelError
from tests.conftest import LATEST

FLIPS, SEED = 200, 7


@dataclass(frozen=True, slots=True)
class Flips:
    """Of so many copies with a bit of that file flipped: how many were refused, how many of these only after the pickle was
    opened, and how many decide the golden records exactly as released."""

    file: str
    tried: int
    refused: int
    opened: int
    exact: int

    @property
    def wrong(self) -> int:
        """How many load and decide otherwise."""
        return self.tried - self.refused - self.exact


def flipped(file: str, value: bytes = b"") -> Flips:
    """Flip bits of a file, one at a time in one copy: FLIPS from its head to its tail, or all of a value that stands in it."""
    release = LATEST.resolve()
    released, undamaged = (release / "model.pkl").read_bytes(), Scorer.load(release)
    golden = undamaged.release.golden
    refused = opened = exact = 0
    with TemporaryDirectory(prefix="flips-") as folder:
        for name in ("model.pkl", "model.json", *DOCUMENTS, *OPTIONAL):
            shutil.copy(release / name, folder)
        damaged = Path(folder) / file
        content = bytearray(damaged.read_bytes())
        todo = bits_of(content, value) if value else bits(len(content))
        for bit in tqdm(todo, desc=f"bits of {file}", leave=False, disable=None):
            content[bit // 8] ^= 1 << bit % 8
            damaged.write_bytes(content)
            content[bit // 8] ^= 1 << bit % 8
            with _pickles_opened(released) as pickles:
                scorer = _loaded(Path(folder))
            refused += scorer is None
            opened += scorer is None and bool(pickles)
            exact += scorer is not None and _decisions(scorer, golden) == _decisions(undamaged, golden)
    return Flips(file, len(todo), refused, opened, exact)


def bits(length: int) -> Sequence[int]:
    ends = [*range(8), *range(8 * length - 8, 8 * length)]
    return [*ends, *random.Random(SEED).sample(range(8, 8 * length - 8), FLIPS - len(ends))]


def bits_of(content: bytearray, value: bytes) -> Sequence[int]:
    start = content.index(value)
    return range(8 * start, 8 * (start + len(value)))


def _loaded(folder: Path) -> Scorer | None:
    try:
        with warnings.catch_warnings(action="ignore"):  # a library's version may be what was changed
            return Scorer.load(folder)
    except ModelError:
        return None


def _decisions(scorer: Scorer, golden: Sequence[Golden]) -> tuple[float, list[float], list[float]]:
    """What decides on the golden records of the undamaged release: the threshold, their raw scores and PDs."""
    columns = {name: [one.record.get(name) for one in golden] for name in scorer.release.fields}
    scores = scorer.score(columns)
    return scorer.threshold, scores.raw.tolist(), scores.probability.tolist()


@contextmanager
def _pickles_opened(released: bytes) -> Iterator[list[bytes]]:
    """What pickle.loads is given meanwhile; none is opened but the released one, for a damaged one can end this process."""
    given: list[bytes] = []
    loads = pickle.loads

    def watched(content: bytes) -> object:
        given.append(content)
        if content != released:
            raise pickle.UnpicklingError("damaged")
        return loads(content)

    with patch("pickle.loads", watched):
        yield given
