"""What would change a refusal, in words: each way to change the loan, and why there is none to propose."""

import pytest

from scoring.explaining.language import read_languages
from scoring.explaining.recourse import Recourse
from scoring.explaining.sentences import Sentences
from tests.explained import client, profile

SENTENCES = Sentences(read_languages(), profile({}), threshold=0.1)
REFUSED = client({"AMT_CREDIT": 500_000, "AMT_ANNUITY": 25_000.0, "AMT_GOODS_PRICE": 450_000.0}, probability=0.123)
EFFECT = (
    " La probabilité de non-remboursement passerait de 12,3 % à 8,0 % ; nous accordons le crédit en dessous de 10,0 %.",
    " The probability of non-repayment would go from 12.3% to 8.0%; we grant credit below 10.0%.",
)


def said(found: Recourse) -> tuple[str, str]:
    both = SENTENCES.recourse(found, REFUSED)
    return both["fr"].replace("\u00a0", " ").replace("\u202f", " "), both["en"]


LESS = {"AMT_CREDIT": 400_000.0, "AMT_ANNUITY": 20_000.0}


@pytest.mark.parametrize(
    ("levers", "to", "french", "english"),
    [
        (
            ("longer_duration",),
            {"AMT_ANNUITY": 20_000.0},
            "Le crédit serait accordé sur une durée plus longue, avec une mensualité de 20 000 € au lieu de 25 000 €.",
            "Credit would be granted over a longer time, with a monthly repayment of €20,000 instead of €25,000.",
        ),
        (
            ("less_credit",),
            LESS,
            "Le crédit serait accordé pour un montant plus faible : 400 000 € au lieu de 500 000 €, sur la même durée, "
            "soit une mensualité de 20 000 € au lieu de 25 000 €.",
            "Credit would be granted for a smaller amount: €400,000 instead of €500,000, over the same time, "
            "with a monthly repayment of €20,000 instead of €25,000.",
        ),
        (
            ("larger_down_payment",),
            LESS,
            "Le crédit serait accordé avec un apport plus important : emprunter 400 000 € au lieu de 500 000 € pour le même "
            "achat, sur la même durée, soit une mensualité de 20 000 € au lieu de 25 000 €.",
            "Credit would be granted with a larger down payment: borrow €400,000 instead of €500,000 for the same purchase, "
            "over the same time, with a monthly repayment of €20,000 instead of €25,000.",
        ),
        (
            ("less_credit", "longer_duration"),
            LESS,
            "Le crédit serait accordé pour un montant plus faible et une durée plus longue : 400 000 € au lieu de 500 000 €, "
            "avec une mensualité de 20 000 € au lieu de 25 000 €.",
            "Credit would be granted for a smaller amount and over a longer time: €400,000 instead of €500,000, "
            "with a monthly repayment of €20,000 instead of €25,000.",
        ),
        (
            ("larger_down_payment", "longer_duration"),
            LESS,
            "Le crédit serait accordé avec un apport plus important et une durée plus longue : emprunter 400 000 € au lieu de "
            "500 000 € pour le même achat, avec une mensualité de 20 000 € au lieu de 25 000 €.",
            "Credit would be granted with a larger down payment and over a longer time: borrow €400,000 instead of €500,000 "
            "for the same purchase, with a monthly repayment of €20,000 instead of €25,000.",
        ),
    ],
)
def test_each_way_to_change_the_loan_has_its_sentence(
    levers: tuple[str, ...], to: dict[str, float], french: str, english: str
) -> None:
    assert said(Recourse(to, levers, 0.08)) == (french + EFFECT[0], english + EFFECT[1])


def test_a_change_that_just_suffices_isnt_said_to_reach_the_threshold() -> None:
    [french, _] = said(Recourse({"AMT_ANNUITY": 20_000.0}, ("longer_duration",), 0.0998))
    assert french.endswith("passerait de 12,30 % à 9,98 % ; nous accordons le crédit en dessous de 10,00 %.")


TRIED = ("less_credit", "longer_duration", "larger_down_payment")


def test_where_nothing_suffices_the_best_is_told_and_what_was_tried() -> None:
    assert said(Recourse({}, TRIED, 0.11)) == (
        "Nous avons essayé un montant plus faible, une durée plus longue et un apport plus important : cela ne suffit pas. "
        "Au mieux, la probabilité de non-remboursement resterait à 11,0 %, et nous accordons le crédit en dessous de 10,0 %.",
        "We tried a smaller amount, a longer time and a larger down payment: that isn't enough. "
        "At best the probability of non-repayment would stay at 11.0%, and we grant credit below 10.0%.",
    )
    assert said(Recourse({}, TRIED[:1], 0.11))[1].startswith("We tried a smaller amount: that isn't enough.")


def test_what_only_an_accident_grants_is_unsteady() -> None:
    french, english = said(Recourse({}, TRIED[:2], 0.09))
    assert french.startswith("Nous avons essayé un montant plus faible et une durée plus longue : rien ne permet")
    assert english.endswith("a slight difference would be enough to change the decision.")
    assert "that isn't enough" in said(Recourse({}, TRIED, 0.1))[1]


def test_a_smaller_purchase_is_said_where_it_is_a_part_of_the_change() -> None:
    french, english = said(Recourse({**LESS, "AMT_GOODS_PRICE": 360_000.0}, ("less_credit", "longer_duration"), 0.08))
    assert "400 000 € au lieu de 500 000 €, pour un achat de 360 000 € au lieu de 450 000 €, avec" in french
    assert "€400,000 instead of €500,000, for a purchase of €360,000 instead of €450,000, with" in english


def test_without_a_loan_or_room_for_another_it_is_said_which() -> None:
    french, english = said(Recourse({}, (), None))
    assert french.startswith("Nous n'avons rien pu essayer")
    assert english.startswith("There was nothing that we could try")
    unknown = SENTENCES.recourse(Recourse({}, (), None), client({"AMT_CREDIT": None, "AMT_ANNUITY": 25_000.0}))
    assert unknown["en"].endswith("the amount of the loan or its monthly repayment isn't known.")
