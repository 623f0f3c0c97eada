"""Explains decisions: what moved each PD, in numbers and in words, and what would change it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from custom_threshold_model import CustomThresholdModel
from scoring.explaining.client import Client, Floats
from scoring.explaining.contributions import shares, sources
from scoring.explaining.explanation import Contribution, Explanation, Outside, SaidGap, SaidReason, SaidRecourse
from scoring.explaining.gaps import Gaps
from scoring.explaining.importance import read_importance
from scoring.explaining.language import read_languages
from scoring.explaining.profile import read_profile
from scoring.explaining.reasons import Reason, Reasons
from scoring.explaining.recourse import Recourse, RecourseSearch
from scoring.explaining.sentences import Sentences


class Explainer:
    """Explains what one released model decides; safe to share between threads.

    `ranges`: field -> (low, high) that training saw; `reference`, `importance`: the release's documents.
    """

    def __init__(
        self,
        model: CustomThresholdModel,
        ranges: Mapping[str, tuple[float, float]],
        *,
        reference: bytes,
        importance: bytes,
    ) -> None:
        self._model = model
        self._ranges = ranges
        self._shares = shares(sources(model).values(), model.fields_)
        profile = read_profile(reference)
        self._sentences = Sentences(read_languages(), profile, model.threshold_)
        self._reasons = Reasons(model.columns_, model.monotone or {}, profile, self._probability)
        self._recourse = RecourseSearch(ranges, model.threshold_, profile, self._probability)
        sayable = [name for name in read_importance(importance).ranked() if self._sentences.can_say(name)]
        self._gaps = Gaps(sayable, model.threshold_, profile, self._probability)

    def explain(self, by_field: Mapping[str, Sequence[Any]]) -> list[Explanation]:
        """Each of n clients, given as field -> n values: numbers (NaN or None where unknown), labels as str or None."""
        clients, base = self.clients(by_field)
        return [self._explained(client, base) for client in clients]

    def contributions(self, matrix: Floats) -> tuple[Floats, Floats, float]:
        """(n, columns), (n, fields) and the base: what each column, and each field, adds to the log-odds of the PD."""
        given, base = self._model.contributions(matrix)
        return given, np.einsum("nc,cf->nf", given, self._shares), base  # BLAS would wake threads for it

    def clients(self, by_field: Mapping[str, Sequence[Any]]) -> tuple[list[Client], float]:
        """Each of n clients with what his columns and fields contributed, and the base."""
        matrix = self._model.input_matrix(by_field)
        probability = self._model.probability(self._model.raw_score(matrix))
        given, of_fields, base = self.contributions(matrix)
        names, fields = self._model.columns_, self._model.fields_
        values = [_plain(by_field[name]) for name in fields]
        return [
            Client(
                values=dict(zip(fields, row, strict=True)),
                columns=dict(zip(names, columns, strict=True)),
                given=dict(zip(names, by_column, strict=True)),
                by_field=dict(zip(fields, shared, strict=True)),
                probability=pd,
                refused=pd >= self._model.threshold_,
            )
            for row, columns, by_column, shared, pd in zip(
                zip(*values, strict=True), matrix.tolist(), given.tolist(), of_fields.tolist(), probability.tolist(), strict=True
            )
        ], base

    def reasons(self, client: Client) -> tuple[list[Reason], list[Reason]]:
        """The reasons against and in favour, without words."""
        return self._reasons.of(client)

    def recourse(self, client: Client) -> Recourse:
        """What would turn a refused client's decision, without words."""
        return self._recourse.of(client.values)

    def _probability(self, by_field: Mapping[str, Any]) -> Floats:
        return self._model.probability(self._model.raw_score(self._model.input_matrix(by_field)))

    def _explained(self, client: Client, base: float) -> Explanation:
        against, in_favour = self._reasons.of(client)
        return Explanation(
            base_value=base,
            contributions=_descending(client),
            against=tuple(self._said(reason, client) for reason in against),
            in_favour=tuple(self._said(reason, client) for reason in in_favour),
            recourse=self._recourse_of(client) if client.refused else None,
            unknown=tuple(SaidGap(gap.field, gap.probability, self._sentences.gap(gap)) for gap in self._gaps.of(client)),
            outside=tuple(self._outside(client)),
        )

    def _said(self, reason: Reason, client: Client) -> SaidReason:
        return SaidReason(reason.code, reason.fields, self._sentences.reason(reason, client))

    def _recourse_of(self, client: Client) -> SaidRecourse:
        found = self.recourse(client)
        changes = tuple((name, client.values[name], value) for name, value in found.to.items())
        return SaidRecourse(changes, found.probability if changes else None, self._sentences.recourse(found, client))

    def _outside(self, client: Client) -> list[Outside]:
        beyond = [
            (name, client.columns[name], limits)
            for name, limits in self._ranges.items()
            if not limits[0] <= client.columns[name] <= limits[1] and client.knows(name) and self._sentences.can_say(name)
        ]
        return [Outside(*found, self._sentences.outside(*found)) for found in beyond]


def _descending(client: Client) -> tuple[Contribution, ...]:
    by_size = sorted(client.by_field.items(), key=lambda item: -abs(item[1]))
    return tuple(Contribution(name, client.values[name], contribution) for name, contribution in by_size)


def _plain(values: Sequence[Any] | NDArray[Any]) -> list[Any]:
    """A column's n values as Python's own, None where unknown."""
    listed = values.tolist() if isinstance(values, np.ndarray) else list(values)
    return [None if value != value else value for value in listed]
