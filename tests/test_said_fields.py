"""What an explanation may be about: fields that the model is meant to be given, though every field of a file has words."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from custom_threshold_model import CustomThresholdModel
from model import Scorer
from scoring.explaining.explainer import Explainer
from scoring.explaining.explanation import Explanation
from scoring.explaining.language import read_languages
from scoring.explaining.sentences import Sentences
from scoring.fields import FIELDS
from scoring.inputs import MODEL_FIELDS
from scoring.training.importance import importance
from scoring.training.reference import ranges, reference_profile
from tests.conftest import demo_clients
from tests.explained import profile

BUILDING = "LIVINGAREA_AVG"
AUDIT = [field for field in FIELDS if field.role == "audit"]


def said_of(told: Explanation) -> set[str]:
    """The fields that a client is told something about."""
    of_reasons = {name for reason in (*told.against, *told.in_favour) for name in reason.fields}
    return of_reasons | {gap.field for gap in told.unknown} | {one.field for one in told.outside}


def sentences_of(told: Explanation) -> Iterator[Mapping[str, str]]:
    yield from (reason.said for reason in (*told.against, *told.in_favour))
    yield from (gap.said for gap in told.unknown)
    yield from (one.said for one in told.outside)


@pytest.fixture(scope="module")
def of_a_building() -> Explainer:
    """The explainer of a model that learnt most of its PD from a field which no client is told about."""
    rng = np.random.default_rng(0)
    numbers = {
        "AMT_CREDIT": rng.uniform(1e5, 1e6, 600),
        "AMT_ANNUITY": rng.uniform(1e4, 5e4, 600),
        BUILDING: rng.uniform(0, 1, 600),
    }
    target = (rng.random(600) < 0.1 + 0.8 * (numbers[BUILDING] > 0.5)).astype(int)
    model = CustomThresholdModel(n_estimators=20, n_folds=2, n_jobs=1).fit(pd.DataFrame(numbers), pd.Series(target))
    matrix = model.input_matrix(numbers)
    refused = model.probability(model.raw_score(matrix)) >= model.threshold_
    documents = (reference_profile(model, matrix, refused), importance(model, matrix))
    reference, moved = (json.dumps(document).encode() for document in documents)
    return Explainer(model, ranges(model, matrix), reference=reference, importance=moved)


@pytest.mark.parametrize("building", [None, 9.0], ids=["unknown", "far outside"])
def test_not_even_a_model_that_learnt_of_a_building_has_it_told(of_a_building: Explainer, building: float | None) -> None:
    [told] = of_a_building.explain({"AMT_CREDIT": [9e6], "AMT_ANNUITY": [2e4], BUILDING: [building]})
    assert BUILDING in {one.field for one in told.contributions}
    assert "AMT_CREDIT" in {one.field for one in told.outside}
    assert BUILDING not in said_of(told)


def test_a_field_can_be_said_where_it_is_the_models_and_nowhere_else() -> None:
    sentences = Sentences(read_languages(), profile({}), threshold=0.1)
    assert [field.name for field in FIELDS if sentences.can_say(field.name)] == list(MODEL_FIELDS)


def extremes() -> list[dict[str, Any]]:
    """The demo clients with nothing usual in all that isn't the model's: unknown in turn, far outside, a label."""
    numbers = {field.name: (None, 1e9, -1e9) for field in AUDIT if field.type != "label"}
    labels = {field.name: (None, *field.allowed) for field in AUDIT if field.type == "label"}
    every = (numbers | labels).items()
    return [{**client, **{name: others[i % len(others)] for name, others in every}} for i, client in enumerate(demo_clients())]


def test_no_sentence_of_the_released_model_is_about_a_field_that_isnt_the_models(scorer: Scorer) -> None:
    names = [field.name for field in FIELDS]
    whole, usual = (
        {name: [client.get(name) for client in clients] for name in names} for clients in (extremes(), demo_clients())
    )
    explained = scorer.explainer().explain(whole)
    assert explained == scorer.explainer().explain(usual)
    assert any(told.outside for told in explained)
    assert any(told.unknown for told in explained)
    assert set[str]().union(*map(said_of, explained)) <= set(MODEL_FIELDS)
    for code, language in read_languages().items():
        unsaid = tuple(f"{language.fields[field.name]}{colon}" for field in AUDIT for colon in (":", " :"))
        assert not [one[code] for told in explained for one in sentences_of(told) if one[code].startswith(unsaid)]
