"""A portfolio explained: beside each batch of decisions what moved them, the reasons, and what would turn the refusals."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from scoring.explaining.client import Client
from scoring.explaining.explainer import Explainer
from scoring.explaining.recourse import Recourse
from scoring.explaining.sample import Sample

CONTRIBUTION = "contribution."
"""Before the field's name, the name of the column that holds what it contributed."""

_CODES = pa.list_(pa.string())
_CHANGES = pa.list_(pa.struct({"field": pa.string(), "from": pa.float64(), "to": pa.float64()}))


class Portfolio:
    """Explains the decisions of one model batch by batch, and counts: the `refused`, and those that a recourse would turn.

    `decided`: the schema of a batch of decisions, to which that of the explanations is added; `sample`: told of every client.
    """

    def __init__(self, explainer: Explainer, decided: pa.Schema, sample: Sample, *, recourse: bool) -> None:
        self._explainer = explainer
        self._sample = sample
        self._recourse = recourse
        self.refused = 0
        self.turned = 0
        added: dict[str, pa.DataType] = {"base_value": pa.float64(), "against": _CODES, "in_favour": _CODES}
        if recourse:
            added |= {"changes": _CHANGES, "changed_probability": pa.float64()}
        added |= {f"{CONTRIBUTION}{name}": pa.float64() for name in sample.fields}
        self.schema = pa.schema([*decided, *(pa.field(name, type_) for name, type_ in added.items())])

    def explained(self, decided: pa.RecordBatch, by_field: Mapping[str, Any]) -> pa.RecordBatch:
        """A batch of n decisions with their explanations, in `schema`.

        by_field: field -> n values of the clients decided on, numbers (NaN or None where unknown), labels as str or None.
        base_value and the contributions add up to the log-odds of the PD.
        """
        clients, base = self._explainer.clients(by_field)
        given = np.array([list(client.by_field.values()) for client in clients]).reshape(-1, len(self._sample.fields))
        self._sample.add(clients, given)
        self.refused += sum(client.refused for client in clients)
        columns = [np.full(len(clients), base), *self._reasons(clients), *self._turned(clients), *given.T]
        types = self.schema.types[len(decided.columns) :]
        arrays = [pa.array(column, type_) for column, type_ in zip(columns, types, strict=True)]
        return pa.record_batch([*decided.columns, *arrays], schema=self.schema)

    def _reasons(self, clients: Sequence[Client]) -> list[list[list[str]]]:
        """Each client's codes against, and in favour."""
        found = [self._explainer.reasons(client) for client in clients]
        return [[[reason.code for reason in reasons[side]] for reasons in found] for side in (0, 1)]

    def _turned(self, clients: Sequence[Client]) -> list[list[Any]]:
        """Each client's changes and the PD that they give; nothing where nobody asked for a recourse."""
        if not self._recourse:
            return []
        found = [self._explainer.recourse(client) if client.refused else None for client in clients]
        self.turned += sum(bool(one and one.to) for one in found)
        changes = [None if one is None else _changes(one, client) for one, client in zip(found, clients, strict=True)]
        return [changes, [one.probability if one and one.to else None for one in found]]


def _changes(found: Recourse, client: Client) -> list[dict[str, Any]]:
    return [{"field": name, "from": client.values[name], "to": value} for name, value in found.to.items()]
