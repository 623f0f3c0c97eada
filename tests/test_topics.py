"""What a reason may be about: every field once, nothing that tells age, family or sex, and no two topics that say the same."""

from collections import Counter
from pathlib import Path

import numpy as np

from model import Scorer
from scoring.explaining.contributions import sources
from scoring.explaining.topics import TOPIC_OF, TOPICS, UNSAID
from scoring.fields import BY_NAME
from scoring.inputs import MISSING_CODES, MODEL_FIELDS, RATIOS
from scoring.records import read_training

ALIKE = 0.7
LEAST_KNOWN = 200

CODES = """
    EXTERNAL_SCORES LOAN INCOME EMPLOYMENT EDUCATION HOUSING CAR REGION ADDRESSES REGISTRATION IDENTITY_DOCUMENT APPLICATION
    SOCIAL_CIRCLE BUREAU_ENQUIRIES CREDITS_ELSEWHERE CREDIT_HISTORY_ELSEWHERE CREDIT_TERMS_ELSEWHERE ARREARS_ELSEWHERE
    LOANS_HERE RECENT_LOANS_HERE HISTORY_HERE LOAN_AMOUNTS_HERE LOAN_TERMS_HERE REFUSALS_HERE DOWN_PAYMENTS_HERE
    LATE_PAYMENTS_HERE CREDIT_CARD_HERE
"""


def test_every_field_of_the_model_is_in_one_topic_or_unsaid_and_never_both() -> None:
    placed = Counter([*(field for topic in TOPICS for field in topic.fields), *UNSAID])
    assert placed == Counter(MODEL_FIELDS)


def test_age_and_family_are_unsaid_for_a_reason() -> None:
    assert {"DAYS_BIRTH", "CNT_CHILDREN", "CNT_FAM_MEMBERS"} <= set(UNSAID)
    assert all(UNSAID.values())


def test_sex_and_family_status_are_in_no_topic_for_they_move_nothing() -> None:
    assert not {"CODE_GENDER", "NAME_FAMILY_STATUS"} & {*TOPIC_OF, *MODEL_FIELDS}


def test_no_topic_says_a_column_that_is_made_of_something_unsaid(scorer: Scorer) -> None:
    made_of = sources(scorer.model)
    of_age = {name for name, _, parts in RATIOS if set(parts) & set(UNSAID)}
    assert of_age == {"INCOME_PER_MEMBER", "EMPLOYED_TO_AGE", "ID_PUBLISH_TO_AGE", "REGISTRATION_TO_AGE"}
    assert of_age <= set(made_of)
    said = {name for topic in TOPICS for name in topic.derived}
    assert not [name for name in said if set(made_of[name]) & set(UNSAID)]


def test_what_is_derived_is_said_in_the_topic_of_a_field_that_it_is_made_of(scorer: Scorer) -> None:
    made_of = sources(scorer.model)
    assert not [name for topic in TOPICS for name in topic.derived if not set(made_of[name]) & set(topic.fields)]
    assert max(Counter(name for topic in TOPICS for name in topic.derived).values()) == 1


def test_the_codes_are_an_interface() -> None:
    assert Counter(topic.code for topic in TOPICS) == Counter(CODES.split())
    assert all(topic.code.isupper() and topic.code.replace("_", "").isalpha() for topic in TOPICS)


def test_no_two_topics_say_the_same_thing_of_the_real_clients(home_credit: Path) -> None:
    numbers = [name for name in TOPIC_OF if BY_NAME[name].type == "number"]
    known = read_training(home_credit)[numbers]
    known = known.replace({name: {code: np.nan} for name, code in MISSING_CODES.items()})
    correlation = known.corr("spearman", min_periods=LEAST_KNOWN).abs().to_numpy()
    alike = [(numbers[i], numbers[j]) for i, j in np.argwhere(correlation >= ALIKE).tolist() if i < j]
    assert len(alike) > 20, "nothing was compared"
    assert not [(one, other) for one, other in alike if TOPIC_OF[one] != TOPIC_OF[other]]
