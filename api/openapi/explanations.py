"""What /explain answers with."""

from typing import Any

from api import replies
from api.openapi import answers, examples
from api.openapi.parts import Part, fixed, listed, number, schema, share, text, uuid
from model import Release
from scoring.explaining.reasons import MOST
from scoring.explaining.topics import TOPICS

NAMED = {"decision_id": examples.DECISION_ID}

EXPLANATION: Part = {
    "base_value": -2.86188,
    "contributions": [
        {"field": "EXT_SOURCE_3", "value": 0.1, "contribution": 0.678233},
        {"field": "EXT_SOURCE_2", "value": 0.15, "contribution": 0.457145},
        {"field": "AMT_ANNUITY", "value": 22200, "contribution": 0.210451},
    ],
    "reasons": {
        "against": [
            {
                "code": "EXTERNAL_SCORES",
                "fields": ["EXT_SOURCE_3", "EXT_SOURCE_2", "EXT_SOURCE_1"],
                "fr": "Moyenne des scores externes (de 0 à 1, 1 étant le meilleur) : 0,12 ; pour la moitié des clients "
                "acceptés, c'est plus de 0,58",
                "en": "Average of the external scores (0 to 1, high is good): 0.12; for half of the clients who get credit "
                "it is more than 0.58",
            }
        ],
        "in_favour": [
            {
                "code": "EDUCATION",
                "fields": ["NAME_EDUCATION_TYPE"],
                "fr": "Diplôme : études supérieures ; c'est le cas de 28 % des clients acceptés et de 15 % des clients refusés",
                "en": "Education: higher education, as for 28% of the clients who get credit and 15% of those refused",
            }
        ],
    },
    "recourse": {
        "changes": [{"field": "AMT_ANNUITY", "from": 22200, "to": 13314.67}],
        "probability": 0.0874,
        "fr": "Le crédit serait accordé sur une durée plus longue, avec une mensualité de 13 315 € au lieu de 22 200 €. "
        "La probabilité de non-remboursement passerait de 29,5 % à 8,7 % ; nous accordons le crédit en dessous de 9,1 %.",
        "en": "Credit would be granted over a longer time, with a monthly repayment of €13,315 instead of €22,200. "
        "The probability of non-repayment would go from 29.5% to 8.7%; we grant credit below 9.1%.",
    },
    "unknown": [
        {
            "field": "EXT_SOURCE_1",
            "probability": [0.177, 0.296],
            "fr": "Premier score externe (de 0 à 1, 1 étant le meilleur) : nous n'avons pas cette information. Selon la "
            "réponse, la probabilité de non-remboursement serait comprise entre 17,7 % et 29,6 %.",
            "en": "First external score (0 to 1, high is good): we don't have this information. Depending on it, the probability "
            "of non-repayment would lie between 17.7% and 29.6%.",
        }
    ],
    "outside": [],
}

_FIELD: Part = {"type": "string", "description": "a field of the record"}
_SAID: dict[str, Part] = {"fr": text("the sentence in French"), "en": text("the sentence in English")}
_TWO = {"minItems": 2, "maxItems": 2}


def schemas() -> dict[str, Part]:
    """The answers, and the form of request that no other route takes."""
    return {
        "Named": fixed("A decision of the log.", {"decision_id": uuid("as /predict gave it")}),
        "Explained": fixed("A client's decision, and why.", {**answers.decision(), **_explanation()}),
        **answers.several("Explained", "AllExplained", "NamedExplained", answers.YES_OR_NO),
        "Reason": fixed(
            "A reason: fields that speak of one thing.",
            {
                "code": {"type": "string", "enum": [topic.code for topic in TOPICS], "description": "stable, for programs"},
                "fields": listed(_FIELD, "those that it is about, the one that weighs most first", minItems=1),
                **_SAID,
            },
        ),
        "Recourse": fixed(
            "What would turn a refusal.",
            {
                "changes": listed(_change(), "can be put into the record as they are; empty where nothing suffices"),
                "probability": {"type": ["number", "null"], "minimum": 0, "maximum": 1, "description": "of the changed record"},
                **_SAID,
            },
        ),
    }


def example(release: Release) -> dict[str, Any]:
    """A refusal, explained."""
    *_, refused = examples.decided(replies.prediction, release, max_records=2)["list"]["decisions"]
    return {**refused, **EXPLANATION}


def _explanation() -> dict[str, Part]:
    gap = {"field": _FIELD, "probability": listed(share("of default"), "the lowest and the highest", **_TWO), **_SAID}
    seen = listed(number("a limit"), "the lowest and the highest that training saw", **_TWO)
    sides = {side: listed(schema("Reason"), maxItems=MOST) for side in ("against", "in_favour")}
    return {
        "base_value": number("what the contributions are added to: together they are the log-odds of the probability"),
        "contributions": listed(_contribution(), "of every field of the model, the largest first"),
        "reasons": fixed("The strongest first, up to four on each side; a refusal has at least one against.", sides),
        "recourse": {"oneOf": [schema("Recourse"), {"type": "null", "description": "where credit is granted"}]},
        "unknown": listed(fixed("A field, and between which probabilities it decides.", gap), "what wasn't known and mattered"),
        "outside": listed(
            fixed("A field, and what the client has there.", {"field": _FIELD, "value": number("it"), "range": seen, **_SAID}),
            "where the probability is a guess: what lies outside what training saw",
        ),
    }


def _contribution() -> Part:
    return fixed(
        "What a field did.",
        {
            "field": _FIELD,
            "value": {"type": ["number", "string", "null"], "description": "the client's; null where unknown"},
            "contribution": number("what it adds to the log-odds of the probability"),
        },
    )


def _change() -> Part:
    return fixed("A field to change.", {"field": _FIELD, "from": number("what it is"), "to": number("what to put there")})
