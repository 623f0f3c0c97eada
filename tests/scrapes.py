"""A page of metrics, read as Prometheus reads it."""

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample


def samples(page: str) -> list[Sample]:
    """Every sample of the page; an error if it isn't in Prometheus' format, or has a sample twice."""
    found = [sample for family in text_string_to_metric_families(page) for sample in family.samples]
    named = [(sample.name, tuple(sorted(sample.labels.items()))) for sample in found]
    assert len(set(named)) == len(named)
    return found


def total(page: str, name: str, **labels: str) -> float:
    """The sum of the samples of that name that have these labels."""
    return sum(one.value for one in samples(page) if one.name == name and labels.items() <= one.labels.items())
