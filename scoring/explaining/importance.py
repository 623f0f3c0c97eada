"""What a release's importance.json says of the record's fields (scoring/training/importance.py writes it)."""

import msgspec


class FieldImportance(msgspec.Struct, frozen=True):
    """How much a field moves the log-odds of the PD, on average, either way."""

    field: str
    mean_absolute_contribution: float


class Importance(msgspec.Struct, frozen=True):
    """The fields, those first that move the PD most, on average over so many clients of the training."""

    clients: int
    fields: list[FieldImportance]

    def ranked(self) -> list[str]:
        """Their names."""
        return [one.field for one in self.fields]

    def shares(self) -> dict[str, float]:
        """Field -> its share of what all fields together move."""
        total = sum(one.mean_absolute_contribution for one in self.fields)
        return {one.field: one.mean_absolute_contribution / total for one in self.fields}


def read_importance(content: bytes) -> Importance:
    """The importance of a release's importance.json, whose sha256 the Scorer has checked; ValueError where it is another file."""
    return msgspec.json.decode(content, type=Importance)
