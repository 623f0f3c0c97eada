"""What would change a refusal, in words: each way to change the loan, and why there is none to propose."""

import pytest

from scoring.explaining.language import read_languages
from scoring.explaining.recourse import Recourse
from scoring.explaining.sentences import Sentences
from tests.explained import client, profile

SENTENCES = Sentences(read_languages(), profile({}), threshold=0.1)
REFUSED = client({"AMT_CREDIT": 500_000, "AMT_ANNUITY": 25_000.0, "AMT_GOODS_PRICE": 450_000.0}, probability=0.123)
EFFECT = (
    " La probabilité de non-remboursement passerait de 12,3 % à 8 % ; nous accordons sous 10 %.",
    " The probability of non-repayment would go from 12.3% to 8%; we grant below 10%.",
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
    assert french.endswith("passerait de 12,3 % à 9,98 % ; nous accordons sous 10 %.")


def test_where_nothing_suffices_the_best_is_told() -> None:
    assert said(Recourse({}, (), 0.11)) == (
        "Ni un montant plus faible, ni une durée plus longue, ni un apport plus important ne suffiraient : "
        "au mieux, la probabilité de non-remboursement resterait à 11 %, et nous accordons sous 10 %.",
        "Neither a smaller amount, nor a longer time, nor a larger down payment would be enough: "
        "at best the probability of non-repayment would stay at 11%, and we grant below 10%.",
    )


def test_what_only_an_accident_grants_is_unsteady() -> None:
    french, english = said(Recourse({}, (), 0.09))
    assert french.startswith("Aucun changement du montant, de la durée ou de l'apport ne permettrait")
    assert english.endswith("a difference of a few euros would be enough to change the decision.")
    assert said(Recourse({}, (), 0.1))[1].startswith("Neither")


def test_without_a_loan_there_is_nothing_to_propose() -> None:
    french, english = said(Recourse({}, (), None))
    assert french.startswith("Nous ne pouvons rien proposer")
    assert english.startswith("There is nothing that we can propose")
