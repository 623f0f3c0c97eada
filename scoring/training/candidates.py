"""The models that a training compares. A new candidate is one entry in CANDIDATES."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from custom_threshold_model import CustomThresholdModel
from scoring.cost import COSTS
from scoring.errors import SettingError
from scoring.inputs import CATEGORIES, LOCAL_MEANS, MISSING_CODES, MONOTONE, NUMBERS, RATIOS
from scoring.training.resampling import Resampled, dense, smote, undersampling
from scoring.training.splits import N_FOLDS

# Over the estimator's own: with this many correlated columns, trees that see few of them differ from each other, and leaves of
# many clients don't follow the chance of a few.
REGULARISED = {"colsample_bytree": 0.3, "min_child_samples": 150, "reg_lambda": 50.0}
FEWER: Mapping[str, float] = {"min_child_samples": 25}  # as REGULARISED, of the sixth of the clients that undersampling leaves
# SMOTE's rows are many more, and its columns hard to bin: fewer trees that learn faster, so that it doesn't take the longest.
FASTER: Mapping[str, float] = {"learning_rate": 0.06, "n_estimators": 200}
TRIALS = 12


@dataclass(frozen=True, slots=True)
class Candidate:
    """A named way to make an unfitted classifier from a seed.

    `threshold`: the PD from which it refuses, where it isn't to be chosen from the data. `trials`: how many sets of parameters
    are tried before it is fitted with the best, given to `make` by name; see scoring.training.tuning.
    """

    name: str
    make: Callable[..., Any]
    threshold: float | None = None
    trials: int = 0


def lightgbm(seed: int, **other: Any) -> CustomThresholdModel:
    """Our model on the client record; `other` goes to its constructor, `params` among it over those of REGULARISED."""
    return CustomThresholdModel(
        cost_false_negative=COSTS.false_negative,
        cost_false_positive=COSTS.false_positive,
        categories=CATEGORIES,
        missing_codes=MISSING_CODES,
        ratios=RATIOS,
        local_means=LOCAL_MEANS,
        monotone=MONOTONE,
        n_folds=N_FOLDS,
        random_state=seed,
        **other | {"params": REGULARISED | other.get("params", {})},
    )


def logistic_regression(_seed: int) -> Pipeline:
    """One-hot labels, scaled numbers with a column for "missing"; its optimum is unique, so a seed changes nothing."""
    # Newton's steps take a dozen iterations where lbfgs, with this many correlated columns, runs out of them.
    return make_pipeline(dense(NUMBERS), LogisticRegression(solver="newton-cholesky", C=0.1))


def resampled(sampling: Callable[..., Any], trees: Mapping[str, float], seed: int, **other: Any) -> Resampled:
    """LightGBM with our model's parameters and `trees` over them, on resampled clients; `other` goes to LGBMClassifier."""
    return Resampled(sampling(seed, **{**REGULARISED, **trees, **other}), COSTS, random_state=seed)


def _grant_all(_seed: int) -> DummyClassifier:
    return DummyClassifier(strategy="prior")


CANDIDATES: tuple[Candidate, ...] = (
    Candidate("grant_all", _grant_all, threshold=1.0),
    Candidate("logistic_regression", logistic_regression),
    Candidate("lightgbm", lightgbm),
    Candidate("lightgbm_class_weighted", partial(lightgbm, positive_weight="balanced")),
    Candidate("lightgbm_undersampled", partial(resampled, undersampling, FEWER)),
    Candidate("lightgbm_smote", partial(resampled, smote, FASTER)),
    Candidate("lightgbm_tuned", lightgbm, trials=TRIALS),
)


def named(names: str | None) -> tuple[Candidate, ...]:
    """The candidates of these names, separated by commas, in the order of CANDIDATES; all for None.

    Raises SettingError for a name that none has.
    """
    wanted = {name.strip() for name in names.split(",")} if names else {one.name for one in CANDIDATES}
    if unknown := wanted - {one.name for one in CANDIDATES}:
        known = ", ".join(one.name for one in CANDIDATES)
        raise SettingError(f"there is no candidate {sorted(unknown)[0]!r}; there are {known}")
    return tuple(one for one in CANDIDATES if one.name in wanted)


def with_trials(trials: int, candidates: Sequence[Candidate] = CANDIDATES) -> tuple[Candidate, ...]:
    """The candidates with so many trials for each that is tuned, which is left out where there are none.

    Raises SettingError where that leaves no candidate.
    """
    left = tuple(replace(one, trials=trials) if one.trials else one for one in candidates if trials or not one.trials)
    if not left:
        names = ", ".join(one.name for one in candidates)
        raise SettingError(f"with {trials} trials there is nothing to train of {names}: give more, or name another candidate")
    return left
