"""Whole sentences, in French and in English, of a small profile and clients made by hand."""

from collections.abc import Mapping
from typing import Any

import pytest

from scoring.explaining.gaps import Gap
from scoring.explaining.language import read_languages
from scoring.explaining.reasons import Reason
from scoring.explaining.sentences import Sentences
from scoring.explaining.topics import TOPIC_OF
from tests.explained import around, client, profile

PROFILE = profile(
    {
        "AMT_CREDIT": around(500_000),
        "AMT_INCOME_TOTAL": [],
        "CNT_FAM_MEMBERS": around(2),
        "BUREAU_DEBT_TOTAL": [0, 0, 0, 10, 20],
        "BUREAU_CARD_DEBT_TOTAL": [-20, -10, 0, 10, 20],
        "POS_FUTURE_MEAN": around(6.5),
        "BUREAU_OVERDUE_COUNT": [0, 0, 0, 1, 2],
        "BUREAU_DELAY_DAYS_MEAN": [-20, -10, 0, 5, 9],
        "DAYS_EMPLOYED": [-9000, -4000, -2009, -900, -100],
        "PREVIOUS_LAST_DUE_MAX": [-900, -700, -365, 100, 900],
        "HOUR_APPR_PROCESS_START": around(12),
        "NAME_HOUSING_TYPE": {
            "granted": {"With parents": 0.04, "Office apartment": 0.012},
            "refused": {"With parents": 0.07, "Office apartment": 0.009},
        },
        "REG_CITY_NOT_LIVE_CITY": {"granted": [0, 0, 0, 0, 1], "refused": [0, 0, 0, 1, 1]},
        "EXT_SOURCE_MEAN": around(0.58),
        "EXT_SOURCE_1": around(0.5),
        "OWN_CAR_AGE": around(9),
        "CARD_LIMIT_MAX": around(180_000),
    },
    missing={"OWN_CAR_AGE": 0.65, "CARD_LIMIT_MAX": 0.8, "EXT_SOURCE_1": 0.5},
)
SENTENCES = Sentences(read_languages(), PROFILE, threshold=0.1)
GRANTED = " ; pour la moitié des clients acceptés, c'est"


def about(column: str, *fields: str) -> Reason:
    code = TOPIC_OF[column].code if column in TOPIC_OF else "EXTERNAL_SCORES"
    return Reason(code, fields or (column,), column, convincing=True)


def reason(column: str, values: Mapping[str, Any], derived: Mapping[str, float] | None = None) -> tuple[str, str]:
    said = SENTENCES.reason(about(column), client(values, derived=derived))
    assert list(said) == ["fr", "en"]
    return said["fr"].replace("\u00a0", " ").replace("\u202f", " "), said["en"]


def french(column: str, value: Any) -> str:
    return reason(column, {column: value})[0].split(" : ", 1)[1]


def test_a_number_stands_beside_the_median_of_those_who_were_granted() -> None:
    assert reason("AMT_CREDIT", {"AMT_CREDIT": 620_082}) == (
        "Montant du crédit : 620 082 € ; pour la moitié des clients acceptés, c'est moins de 500 000 €",
        "Loan amount: €620,082; for half of the clients who get credit it is less than €500,000",
    )
    assert reason("EXT_SOURCE_MEAN", {}, {"EXT_SOURCE_MEAN": 0.33}) == (
        "Moyenne des scores externes (de 0 à 1, 1 étant le meilleur) : 0,33 ; "
        "pour la moitié des clients acceptés, c'est plus de 0,58",
        "Average of the external scores (0 to 1, high is good): 0.33; "
        "for half of the clients who get credit it is more than 0.58",
    )
    assert french("AMT_CREDIT", 500_000) == "500 000 €, comme la valeur médiane chez les clients acceptés"
    assert french("AMT_CREDIT", 500_000.4) == "500 000 €, comme la valeur médiane chez les clients acceptés"


def test_days_before_the_application_are_told_as_an_age() -> None:
    assert french("DAYS_EMPLOYED", -300) == "10 mois" + GRANTED + " plus de 5,5 ans"
    assert french("DAYS_EMPLOYED", -4000) == "11 ans" + GRANTED + " moins de 5,5 ans"


def test_a_count_is_compared_with_those_who_have_as_many() -> None:
    assert french("CNT_FAM_MEMBERS", 5) == "5" + GRANTED + " 2 au plus"
    assert french("CNT_FAM_MEMBERS", 1) == "1" + GRANTED + " 2 au moins"


def test_more_than_none_is_said_of_what_most_have_none_of() -> None:
    zero = " ; pour au moins la moitié des clients acceptés, c'est zéro"
    assert french("BUREAU_DEBT_TOTAL", 1000) == "1 000 €" + zero
    assert french("BUREAU_OVERDUE_COUNT", 2) == "2" + zero
    assert french("BUREAU_OVERDUE_COUNT", 0) == "0, comme la valeur médiane chez les clients acceptés"
    assert french("BUREAU_CARD_DEBT_TOTAL", 5) == "5 €" + GRANTED + " moins de 0 €"  # for some are below


def test_a_mean_of_counts_is_no_count() -> None:
    assert french("POS_FUTURE_MEAN", 9) == "9" + GRANTED + " moins de 6,5"


def test_dates_and_hours_are_neither_above_nor_below() -> None:
    assert french("PREVIOUS_LAST_DUE_MAX", 100) == "dans 3 mois (valeur médiane chez les clients acceptés : il y a 12 mois)"
    assert french("HOUR_APPR_PROCESS_START", 17) == "17 h (valeur médiane chez les clients acceptés : 12 h)"
    assert (
        french("BUREAU_DELAY_DAYS_MEAN", -4) == "4 jours d'avance (valeur médiane chez les clients acceptés : 0 jour de retard)"
    )


def test_a_median_of_few_says_that_it_is_of_those_of_whom_it_is_known() -> None:
    known = " ; pour la moitié des clients acceptés concernés, c'est moins de 180 000 €"
    assert french("CARD_LIMIT_MAX", 200_000) == "200 000 €" + known
    _, english = reason("CARD_LIMIT_MAX", {"CARD_LIMIT_MAX": 100_000})
    assert english.endswith("; for half of the clients who get credit and to whom it applies it is more than €180,000")


def test_shares_that_round_alike_are_told_apart() -> None:
    said, _ = reason("NAME_HOUSING_TYPE", {"NAME_HOUSING_TYPE": "Office apartment"})
    assert said.endswith("; c'est le cas de 1,2 % des clients acceptés et de 0,9 % des clients refusés")


def test_a_label_and_a_flag_come_with_the_shares_of_both_groups() -> None:
    assert reason("NAME_HOUSING_TYPE", {"NAME_HOUSING_TYPE": "With parents"}) == (
        "Logement : chez les parents ; c'est le cas de 4 % des clients acceptés et de 7 % des clients refusés",
        "Housing: with parents, as for 4% of the clients who get credit and 7% of those refused",
    )
    assert french("REG_CITY_NOT_LIVE_CITY", 1) == "oui ; c'est le cas de 20 % des clients acceptés et de 40 % des clients refusés"


def test_a_number_of_which_nothing_is_usual_stands_alone() -> None:
    assert french("AMT_INCOME_TOTAL", 90_000) == "90 000 €"


UNKNOWN = " : nous n'avons pas d'information, alors que nous en avons pour "
NONE = " : rien dans ce dossier ; "


@pytest.mark.parametrize(
    ("column", "beside", "expected"),
    [
        ("EXT_SOURCE_1", {}, "Scores externes" + UNKNOWN + "50 % des clients acceptés"),
        ("OWN_CAR_AGE", {"FLAG_OWN_CAR": "Y"}, "Voiture" + UNKNOWN + "35 % des clients acceptés"),
        ("OWN_CAR_AGE", {"FLAG_OWN_CAR": None}, "Voiture" + UNKNOWN + "35 % des clients acceptés"),
        ("OWN_CAR_AGE", {"FLAG_OWN_CAR": "N"}, "Voiture" + NONE + "35 % des clients acceptés en ont"),
        ("CARD_LIMIT_MAX", {"CARD_COUNT": None}, "Carte de crédit chez nous" + UNKNOWN + "20 % des clients acceptés"),
        ("CARD_LIMIT_MAX", {"CARD_COUNT": 0}, "Carte de crédit chez nous" + NONE + "20 % des clients acceptés en ont"),
        ("CARD_COUNT", {}, "Carte de crédit chez nous" + UNKNOWN + "0 % des clients acceptés"),
    ],
)
def test_what_isnt_known_is_told_from_what_doesnt_apply(column: str, beside: Mapping[str, Any], expected: str) -> None:
    assert reason(column, {column: None, **beside})[0] == expected


def test_what_is_known_of_others_is_that_of_the_field_they_most_often_have() -> None:
    unknown = about("EXT_SOURCE_1", "OWN_CAR_AGE", "EXT_SOURCE_1", "CARD_LIMIT_MAX")
    assert SENTENCES.reason(unknown, client({"EXT_SOURCE_1": None}))["en"] == (
        "External scores: we have no information, while we do for 50% of the clients who get credit"
    )


def test_who_has_no_employer_has_no_time_in_a_job() -> None:
    values = {"DAYS_EMPLOYED": 365243}
    said = SENTENCES.reason(about("DAYS_EMPLOYED"), client(values, derived={"DAYS_EMPLOYED": float("nan")}))
    assert said["en"] == "Employment: nothing in this file; 100% of the clients who get credit have some"


def test_a_gap_says_how_far_the_probability_could_go() -> None:
    matters, decides = (SENTENCES.gap(Gap("EXT_SOURCE_1", (0.079, 0.2), decides))["en"] for decides in (False, True))
    assert matters == (
        "First external score (0 to 1, high is good): we don't have this information. "
        "Depending on it, the probability of non-repayment would lie between 7.9% and 20.0%."
    )
    assert decides == matters.removesuffix(".") + ", and the decision could change."


def test_a_value_that_training_never_saw_is_told_with_what_it_saw() -> None:
    assert SENTENCES.outside("DAYS_EMPLOYED", -20_000.0, (-17_900.0, 0.0)) == {
        "fr": "Ancienneté dans l'emploi actuel\u00a0: 54,8 ans, en dehors de ce que nous connaissons (0 jour – 49 ans)\u00a0; "
        "la probabilité est donc moins fiable.",
        "en": "Time in the current job: 54.8 years, outside what we have seen (0 days – 49 years); "
        "so the probability is less reliable.",
    }
