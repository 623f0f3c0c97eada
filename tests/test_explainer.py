"""Explanations of the released model's own decisions on the demo clients: they add up, hold, and say nothing unsaid."""

import copy
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec
import numpy as np
import pytest
from scipy.special import logit

from model import Scorer
from scoring.explaining.explainer import Explainer
from scoring.explaining.explanation import Explanation
from scoring.explaining.topics import TOPIC_OF, UNSAID
from scoring.inputs import MODEL_FIELDS
from scoring.schema import parse
from tests.conftest import demo_clients

CLIENTS = demo_clients()


def columns(clients: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    return {name: [client.get(name) for client in clients] for name in MODEL_FIELDS}


@pytest.fixture(scope="module")
def explainer(scorer: Scorer) -> Explainer:
    return scorer.explainer()


@pytest.fixture(scope="module")
def explained(explainer: Explainer) -> list[Explanation]:
    return explainer.explain(columns(CLIENTS))


@pytest.fixture(scope="module")
def refused(scorer: Scorer) -> list[int]:
    found: list[int] = np.flatnonzero(scorer.score(columns(CLIENTS)).refused).tolist()
    assert len(found) > 20
    return found


def test_the_base_and_the_contributions_add_up_to_the_log_odds(scorer: Scorer, explained: list[Explanation]) -> None:
    sums = [told.base_value + sum(one.contribution for one in told.contributions) for told in explained]
    np.testing.assert_allclose(sums, logit(scorer.score(columns(CLIENTS)).probability), rtol=0, atol=1e-9)


def test_every_field_of_the_model_has_its_contribution_the_largest_first(explained: list[Explanation]) -> None:
    for client, told in zip(CLIENTS, explained, strict=True):
        assert sorted(one.field for one in told.contributions) == sorted(MODEL_FIELDS)
        assert {one.field: one.value for one in told.contributions} == {name: client.get(name) for name in MODEL_FIELDS}
        sizes = [abs(one.contribution) for one in told.contributions]
        assert sizes == sorted(sizes, reverse=True)


def test_a_ratio_is_shared_equally_by_the_fields_it_is_made_of(scorer: Scorer, explained: list[Explanation]) -> None:
    model = scorer.model
    raw = np.asarray(model.booster_.predict(model.input_matrix(columns(CLIENTS)), pred_contrib=True))[:, :-1]
    by_column = dict(zip(model.columns_, model.calibration_[0] * raw.T, strict=True))
    children = by_column["CNT_FAM_MEMBERS"] + by_column["INCOME_PER_MEMBER"] / 2
    first_score = by_column["EXT_SOURCE_1"] + sum(by_column[f"EXT_SOURCE_{name}"] for name in ("MEAN", "MIN", "MAX")) / 3
    # PLAN_SCORE is looked up by the plan: by the credit and the annuity.
    goods, plan = by_column["AMT_GOODS_PRICE"] + by_column["CREDIT_TO_GOODS"] / 2, ("CREDIT_TO_ANNUITY", "ANNUITY_TO_INCOME")
    annuity = by_column["AMT_ANNUITY"] + sum(by_column[name] for name in (*plan, "PLAN_SCORE")) / 2
    expected = {"CNT_FAM_MEMBERS": children, "AMT_GOODS_PRICE": goods, "AMT_ANNUITY": annuity, "EXT_SOURCE_1": first_score}
    for field, values in expected.items():
        told = [one.contribution for each in explained for one in each.contributions if one.field == field]
        np.testing.assert_allclose(told, values, atol=1e-12)
        assert np.ptp(told) > 0


def test_every_refusal_has_a_reason_and_a_recourse_in_both_languages(explained: list[Explanation], refused: list[int]) -> None:
    for i, told in enumerate(explained):
        assert (told.recourse is not None) == (i in refused)
        assert told.against or i not in refused
        said = [*(reason.said for reason in (*told.against, *told.in_favour)), *([told.recourse.said] if told.recourse else [])]
        assert all(list(one) == ["fr", "en"] and all(one.values()) for one in said)


def test_no_reason_and_no_gap_is_about_age_family_or_sex(explainer: Explainer, explained: list[Explanation]) -> None:
    unsaid = {*UNSAID, "CODE_GENDER", "NAME_FAMILY_STATUS"}
    for told in explained:
        for reason in (*told.against, *told.in_favour):
            assert {TOPIC_OF[name].code for name in reason.fields} == {reason.code}
        assert not unsaid & {gap.field for gap in told.unknown}
    clients, _ = explainer.clients(columns(CLIENTS))
    for client in clients:
        against, in_favour = explainer.reasons(client)
        assert not [one for one in (*against, *in_favour) if one.column in unsaid or one.column.endswith("_TO_AGE")]


def test_sex_and_family_status_change_nothing(scorer: Scorer, explainer: Explainer, explained: list[Explanation]) -> None:
    for changes in ({"CODE_GENDER": "F", "NAME_FAMILY_STATUS": "Widow"}, {"CODE_GENDER": "M", "NAME_FAMILY_STATUS": "Married"}):
        others = [{**client, **changes} for client in CLIENTS[:20]]
        records = parse(msgspec.json.encode(others), 200, 10).records
        assert [d.probability for d in scorer.decide(records)] == scorer.score(columns(CLIENTS[:20])).probability.tolist()
        by_field = {name: [other.get(name) for other in others] for name in (*MODEL_FIELDS, *changes)}
        assert explainer.explain(by_field) == explained[:20]


def test_every_recourse_is_granted_when_it_is_asked_for(scorer: Scorer, explained: list[Explanation], refused: list[int]) -> None:
    proposed = [(CLIENTS[i], told) for i in refused if (told := explained[i].recourse) and told.changes]
    assert len(proposed) > 10
    for client, told in proposed:
        assert all(client[name] == before and after < before for name, before, after in told.changes)
        changed = {**client, **{name: after for name, _, after in told.changes}}
        [decision] = scorer.decide(parse(msgspec.json.encode(changed), 200, 10).records)
        assert decision.word == "granted"
        assert decision.probability == told.probability


def test_a_client_is_explained_alone_as_among_others(
    explainer: Explainer, explained: list[Explanation], refused: list[int]
) -> None:
    for i in [*range(5), *refused[:15]]:
        [alone] = explainer.explain(columns([CLIENTS[i]]))
        assert alone == explained[i]


@pytest.mark.parametrize("field", ["EXT_SOURCE_2", "NAME_INCOME_TYPE", "AMT_CREDIT", "DAYS_BIRTH"])
def test_a_client_of_whom_one_field_is_known_is_explained(explainer: Explainer, field: str) -> None:
    [told] = explainer.explain(columns([{field: CLIENTS[0][field]}]))
    assert {one.field: one.value for one in told.contributions if one.value is not None} == {field: CLIENTS[0][field]}
    assert told.unknown
    assert told.recourse is None or not told.recourse.changes
    assert {name for reason in told.in_favour for name in reason.fields} <= set(
        TOPIC_OF[field].fields if field in TOPIC_OF else ()
    )


def test_a_value_outside_of_what_training_saw_is_told(scorer: Scorer, explainer: Explainer) -> None:
    low, high = scorer.release.ranges["AMT_INCOME_TOTAL"]
    for income, expected in ((low, []), (high, []), (high + 1, [("AMT_INCOME_TOTAL", high + 1, (low, high))]), (None, [])):
        [told] = explainer.explain(columns([{**CLIENTS[0], "AMT_INCOME_TOTAL": income}]))
        assert [one[:3] for one in told.outside if one.field == "AMT_INCOME_TOTAL"] == expected


def test_threads_that_explain_at_once_say_the_same(
    explainer: Explainer, explained: list[Explanation], refused: list[int]
) -> None:
    chosen = refused[:8] * 4
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda i: explainer.explain(columns([CLIENTS[i]])), chosen))
    assert found == [[explained[i]] for i in chosen]


class Alone:
    """A booster that notes how many ask it at once."""

    def __init__(self, booster: Any) -> None:
        self.booster, self.inside, self.most = booster, 0, 0

    def predict(self, *given: Any, **named: Any) -> Any:
        self.inside += 1
        self.most = max(self.most, self.inside)
        time.sleep(0.01)
        found = self.booster.predict(*given, **named)
        self.inside -= 1
        return found


def test_no_two_threads_ask_for_contributions_at_once(scorer: Scorer) -> None:
    model = copy.copy(scorer.model)
    alone = Alone(model.booster_)
    model.booster_ = alone  # type: ignore[assignment]  # it stands in for one
    matrix = model.input_matrix(columns(CLIENTS[:2]))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(model.contributions, [matrix] * 8))
    assert alone.most == 1  # LightGBM itself may end the process
    assert all((given == found[0][0]).all() for given, _ in found)
