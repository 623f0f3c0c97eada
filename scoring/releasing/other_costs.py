"""A model at other costs of an error than its own: what its decisions cost then, and the command that gives it these costs."""

from collections.abc import Mapping

Pair = tuple[float, float]
"""Of a false negative and of a false positive."""

ORIGIN = "repriced_from"
"""The tag of a run that is another one with other costs: the id of the run that trained it."""


def shares_of_errors(metrics: Mapping[str, float], costs: Pair | None) -> Pair | None:
    """Which shares of the report split's clients a model grants to by mistake, and refuses by mistake; None where nobody knows.

    From figures that every run has: what both cost together at `costs`, how many are refused, and how many default. Whoever is
    refused is a defaulter, but no false negative, or a false positive.
    """
    names = [f"report_{name}" for name in ("cost_per_client", "approval_rate", "cost_of_granting_all")]
    if not costs or min(costs) <= 0 or not set(names) <= metrics.keys():
        return None
    cost, approved, all_granted = (metrics[name] for name in names)
    more_positives = 1 - approved - all_granted / costs[0]
    negatives = (cost - costs[1] * more_positives) / sum(costs)
    return negatives, negatives + more_positives


def cost_at(costs: Pair, shares: Pair) -> float:
    """What a client costs with so many errors of each kind."""
    return costs[0] * shares[0] + costs[1] * shares[1]


def command(run_id: str, costs: Pair) -> str:
    """What to type to give a run these costs."""
    negative, positive = (repr(float(cost)).removesuffix(".0") for cost in costs)
    return f"python -m jobs.set_costs --run {run_id} --fn {negative} --fp {positive}"
