import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.cost import paired_difference
from scoring.errors import TrainingError
from scoring.releasing.selection import RunSummary, select

CLIENTS = 1000


def summary(name: str, *, defaulters_granted: int, auc: float, leaves: int = 4800, shift: int = 0) -> RunSummary:
    """A run that grants to so many defaulters of CLIENTS, from the client number `shift` on."""
    costs = np.zeros(CLIENTS)
    costs[shift : shift + defaulters_granted] = 10
    return RunSummary(f"run of {name}", name, auc, leaves, costs)


def test_a_run_that_costs_clearly_less_is_chosen_whatever_its_auc() -> None:
    cheap, sharp = summary("cheap", defaulters_granted=30, auc=0.70), summary("sharp", defaulters_granted=60, auc=0.80)
    assert select([sharp, cheap]) is cheap


def test_among_runs_whose_cost_may_be_the_same_the_highest_auc_is_chosen() -> None:
    cheap = summary("cheap", defaulters_granted=50, auc=0.76)
    sharp = summary("sharp", defaulters_granted=51, auc=0.77, shift=30)
    assert select([cheap, sharp]) is sharp


def test_an_auc_counts_to_a_thousandth_and_then_the_fewest_leaves_win() -> None:
    cheap = summary("cheap", defaulters_granted=50, auc=0.7604, leaves=4800)
    small = summary("small", defaulters_granted=51, auc=0.7596, leaves=900, shift=30)
    assert select([cheap, small]) is small


def test_fewer_leaves_never_buy_a_lower_auc_or_a_higher_cost() -> None:
    sharp = summary("sharp", defaulters_granted=50, auc=0.762)
    small = summary("small", defaulters_granted=51, auc=0.760, leaves=1, shift=30)
    costly = summary("costly", defaulters_granted=90, auc=0.770, leaves=1)
    assert select([small, costly, sharp]) is sharp


def test_a_constant_extra_cost_is_no_tie_however_small() -> None:
    cheap = summary("cheap", defaulters_granted=50, auc=0.70)
    dearer = RunSummary("run", "dearer", 0.8, 1, cheap.costs + 0.001)
    assert select([dearer, cheap]) is cheap


def test_a_training_without_a_model_of_ours_has_nothing_to_release() -> None:
    with pytest.raises(TrainingError, match="nothing to release"):
        select([])


def test_runs_that_saw_other_clients_are_not_compared() -> None:
    shorter = RunSummary("run", "shorter", 0.7, 1, np.zeros(CLIENTS - 1))
    with pytest.raises(TrainingError, match="different numbers of clients: one 1000, shorter 999"):
        select([summary("one", defaulters_granted=1, auc=0.7), shorter])


RUNS = st.lists(
    st.builds(
        lambda granted, auc, leaves, shift: (granted, auc, leaves, shift),
        st.integers(40, 70),
        st.sampled_from([0.758, 0.7584, 0.760, 0.77]),
        st.integers(1, 9),
        st.integers(0, 200),
    ),
    min_size=1,
    max_size=6,
)


@given(RUNS, st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_the_choice_keeps_its_rule_and_not_the_order_of_the_runs(drawn, random) -> None:  # type: ignore[no-untyped-def]
    runs = [
        summary(f"run {i}", defaulters_granted=granted, auc=auc, leaves=leaves, shift=shift)
        for i, (granted, auc, leaves, shift) in enumerate(drawn)
    ]
    chosen = select(runs)
    shuffled = list(runs)
    random.shuffle(shuffled)
    assert select(shuffled) is chosen
    cheapest = min(runs, key=lambda run: (run.costs.mean(), run.candidate))
    as_cheap = [run for run in runs if paired_difference(costs=run.costs, reference=cheapest.costs).spans_zero()]
    assert chosen in as_cheap
    assert all(round(run.auc, 3) <= round(chosen.auc, 3) for run in as_cheap)
    assert all(run.leaves >= chosen.leaves for run in as_cheap if round(run.auc, 3) == round(chosen.auc, 3))
