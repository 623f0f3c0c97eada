"""Scorer: the released model, opened once and checked, and the way from validated client records to decisions."""

import hashlib
import importlib.metadata
import pickle
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from custom_threshold_model import CustomThresholdModel
from scoring.cost import CostMatrix
from scoring.errors import ModelError
from scoring.explaining.explainer import Explainer
from scoring.fields import BY_NAME
from scoring.schema import Record, columns

Floats = NDArray[np.float64]

DOCUMENTS = ("reference.json", "importance.json")
OPTIONAL = ("scores.json",)
"""Documents that a release may lack: nothing that serves needs them."""


class Golden(msgspec.Struct, frozen=True):
    """A client record and the raw score that the model gave it at release."""

    record: dict[str, Any]
    raw: float


class Release(msgspec.Struct, frozen=True):
    """What model.json says of the model beside it, as far as serving needs it."""

    model_version: str
    run_id: str
    sha256: str
    fields: list[str]
    ranges: dict[str, tuple[float, float]]
    threshold: float
    costs: CostMatrix
    versions: dict[str, str]
    golden: list[Golden]
    files: dict[str, str] = {}  # beside the model: name -> sha256

    def golden_by_field(self) -> dict[str, list[Any]]:
        """The golden records as a model takes them: for each of its fields their values, None where a record has none."""
        return {name: [golden.record.get(name) for golden in self.golden] for name in self.fields}


@dataclass(frozen=True, slots=True)
class Document:
    """A file that a release holds beside the model, to be served as it is."""

    content: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Scores:
    """What the model says of n clients: raw scores, PDs and whether each is refused, all (n,)."""

    raw: Floats
    probability: Floats
    refused: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Understood:
    """What the model could make of a record: fields it knows nothing of, values and labels that training never saw."""

    missing: tuple[str, ...]
    out_of_range: tuple[str, ...]
    unseen: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """One client's decision, and what it rests on."""

    client: int | None
    raw: float
    probability: float
    threshold: float
    refused: bool
    understood: Understood
    model_version: str

    @property
    def word(self) -> str:
        """The decision as it is told."""
        return "refused" if self.refused else "granted"


class Scorer:
    """The released model in use; built by `load`, safe to share between threads."""

    def __init__(self, model: CustomThresholdModel, release: Release, documents: Mapping[str, Document]) -> None:
        self._model = model
        self.release = release
        self.documents = documents
        self.threshold = release.threshold
        self.model_version = release.model_version
        numbers = [(i, name) for i, name in enumerate(model.fields_) if name in release.ranges]
        self._ranged = [name for _, name in numbers]
        self._ranged_at = np.array([i for i, _ in numbers], dtype=np.intp)
        self._low, self._high = np.array([release.ranges[name] for name in self._ranged], dtype=np.float64).reshape(-1, 2).T
        self._labels = {name: frozenset(labels) for name, labels in model.categories_.items()}

    @classmethod
    def load(cls, directory: Path) -> "Scorer":
        """The model of a release folder and the documents beside it, once every sha256 and the golden scores hold.

        Raises ModelError in one line: a file missing, cut short or another than model.json names, golden scores that differ.
        A library of another version than at release warns.
        """
        directory = directory.resolve()  # models/latest is a link: a release meanwhile must not mix two
        release = _read_release(directory / "model.json")
        pickled = _read_checked(directory / "model.pkl", release.sha256)
        documents = _read_documents(directory, release)
        _compare_versions(release.versions)
        try:
            model = pickle.loads(pickled)  # noqa: S301  # its sha256 is the released one
            if not isinstance(model, CustomThresholdModel):
                raise ModelError(f"{directory / 'model.pkl'} holds a {type(model).__name__}, not a CustomThresholdModel")
            scorer = cls(model, release, documents)
            scorer.check()
        except ModelError:
            raise
        except Exception as error:  # opening and trying a wrong model can fail in any way: one line all the same
            raise ModelError(f"{directory} does not hold a model that works: {type(error).__name__}: {error}") from error
        return scorer

    @property
    def model(self) -> CustomThresholdModel:
        """The estimator itself, to be cloned and fitted anew; it is shared, so not to be changed."""
        return self._model

    def score(self, columns: Mapping[str, Any]) -> Scores:
        """Score n clients given as field -> n values: numbers (NaN or None where unknown), labels as str or None."""
        return self._scores(self._model.input_matrix(columns))

    def decide(self, records: Sequence[Record]) -> list[Decision]:
        """One decision a record, in order."""
        by_field = columns(records)
        matrix = self._model.input_matrix(by_field)
        scores = self._scores(matrix)
        return [
            Decision(record.client, raw, probability, self.threshold, refused, understood, self.model_version)
            for record, raw, probability, refused, understood in zip(
                records,
                scores.raw.tolist(),
                scores.probability.tolist(),
                scores.refused.tolist(),
                self._understand(records, by_field, matrix),
                strict=True,
            )
        ]

    def explainer(self) -> Explainer:
        """What explains this model's decisions; to be kept, for it reads the texts and the reference profile anew.

        Raises ModelError where the release's documents don't say what an explanation needs.
        """
        reference, importance = self.documents["reference.json"].content, self.documents["importance.json"].content
        try:
            return Explainer(self._model, self.release.ranges, reference=reference, importance=importance)
        except ValueError as error:  # msgspec's own are such, too
            raise ModelError(f"the documents of {self.model_version} don't explain its model: {error}") from None

    def understand(self, records: Sequence[Record]) -> list[Understood]:
        """What the model would make of each record, without scoring it."""
        by_field = columns(records)
        return self._understand(records, by_field, self._model.input_matrix(by_field))

    def check(self) -> None:
        """Raise ModelError unless this is the model that model.json describes, and scores to the last bit as at release."""
        model, release = self._model, self.release
        if model.fields_ != release.fields or model.threshold_ != self.threshold:
            raise ModelError(
                f"model.pkl and model.json of {release.model_version} disagree on fields or threshold: release again"
            )
        if unknown := [name for name in model.fields_ if name not in BY_NAME]:
            raise ModelError(f"the model wants fields that the field table doesn't have: {', '.join(unknown)}")
        by_field = release.golden_by_field()
        together = self.score(by_field).raw.tolist()
        for i, golden in enumerate(release.golden):
            [alone] = self.score({name: values[i : i + 1] for name, values in by_field.items()}).raw.tolist()
            if found := [raw for raw in (together[i], alone) if raw != golden.raw]:
                raise ModelError(
                    f"golden record {i + 1} of {release.model_version} scores {found[0]!r} here, {golden.raw!r} at release"
                )

    def _scores(self, matrix: Floats) -> Scores:
        raw = self._model.raw_score(matrix)
        probability = self._model.probability(raw)
        return Scores(raw, probability, probability >= self.threshold)

    def _understand(self, records: Sequence[Record], by_field: Mapping[str, Sequence[Any]], matrix: Floats) -> list[Understood]:
        values = matrix[:, self._ranged_at]
        outside = (values < self._low) | (values > self._high)
        unseen = [
            [name for name, labels in self._labels.items() if (label := by_field[name][i]) is not None and label not in labels]
            for i in range(len(records))
        ]
        return [
            self._in_words(record.unknown, np.flatnonzero(row).tolist() if row.any() else [], labels)
            for record, row, labels in zip(records, outside, unseen, strict=True)
        ]

    def _in_words(self, missing: tuple[str, ...], outside: Sequence[int], unseen: Sequence[str]) -> Understood:
        words = [
            f"{self._ranged[i]} is outside what training saw ({self._low[i]:.6g} to {self._high[i]:.6g}): the PD is a guess there"
            for i in outside
        ]
        words += [f"{name} has a label that training never saw: it counts as unknown" for name in unseen]
        return Understood(missing, tuple(self._ranged[i] for i in outside), tuple(unseen), tuple(words))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path} can't be read ({error.strerror}): run `make release`, or set MODEL_DIR") from None


def _read_checked(path: Path, sha256: str) -> bytes:
    content = _read(path)
    if (found := hashlib.sha256(content).hexdigest()) != sha256:
        raise ModelError(f"{path} has sha256 {found[:12]}..., model.json says {sha256[:12]}...")
    return content


def _read_documents(directory: Path, release: Release) -> dict[str, Document]:
    if unnamed := [name for name in DOCUMENTS if name not in release.files]:
        raise ModelError(f"{directory / 'model.json'} gives no sha256 of {', '.join(unnamed)}: run `make release`")
    names = (*DOCUMENTS, *(name for name in OPTIONAL if name in release.files))
    return {name: Document(_read_checked(directory / name, release.files[name]), release.files[name]) for name in names}


def _read_release(path: Path) -> Release:
    try:
        release = msgspec.json.decode(_read(path), type=Release)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ModelError(f"{path} is not a model.json ({error}): run `make release`") from None
    if not release.golden:
        raise ModelError(f"{path} has no golden record to check the model by: run `make release`")
    return release


def _compare_versions(released: Mapping[str, str]) -> None:
    for library, version in released.items():
        if library != "python" and (here := _version(library)) != version:
            warnings.warn(f"the model was released with {library} {version}; this is {here}", RuntimeWarning, stacklevel=3)


def _version(library: str) -> str:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
