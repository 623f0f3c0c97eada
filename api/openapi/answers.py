"""What the routes that take records answer with."""

from api.openapi.parts import Part, count, fixed, listed, schema, share, text, uuid
from scoring.fields import ID, MAX_ID

YES_OR_NO: Part = {"enum": ["Yes", "No"], "description": "Yes: credit is granted"}
NAME = "^client n°[0-9]+$"

_CLIENT: Part = {
    "type": ["integer", "null"],
    "minimum": 0,
    "maximum": MAX_ID,
    "description": "the client's number, where it was given",
}
_WARNINGS = listed({"type": "string"}, "where the probability is a guess, in words")


def schemas() -> dict[str, Part]:
    one, both = decision(), {"probabilities": _both()}
    return {
        "Decision": fixed("A client's decision.", one),
        **several("Decision", "Decisions", "NamedDecisions", YES_OR_NO),
        "Probabilities": fixed("A client's decision, with both probabilities.", {**one, **both}),
        **several("Probabilities", "ListedProbabilities", "NamedProbabilities", _scale()),
        "Understood": fixed("What the service understands of a record.", _understood()),
        "AllUnderstood": fixed("What it understands of each record.", {"records": listed(schema("Understood"), minItems=1)}),
    }


def several(one: str, as_list: str, by_name: str, of_a_client: Part) -> dict[str, Part]:
    """The answers to a list and to `data`, of which each decision is of the schema `one`."""
    decisions = {"decisions": listed(schema(one), minItems=1)}
    names = {
        "type": "object",
        "description": "by `client n°` and SK_ID_CURR",
        "patternProperties": {NAME: of_a_client},
        "additionalProperties": False,
        "minProperties": 1,
    }
    return {
        as_list: fixed("The answer to a list.", decisions),
        by_name: fixed("The answer to `data`.", {**decisions, "prediction": names}),
    }


def decision() -> dict[str, Part]:
    """The members of a decision."""
    return {
        "decision_id": uuid("what the decision is logged under (UUIDv7)"),
        ID: _CLIENT,
        "probability": share("of default, calibrated"),
        "threshold": share("the probability from which credit is refused"),
        "prediction": {"type": "integer", "enum": [0, 1], "description": "1: refused"},
        "score": {"type": "integer", "enum": [0, 1], "description": "the prediction again, as earlier clients call it"},
        "decision": {"type": "string", "enum": ["granted", "refused"]},
        "missing": count("how many of the model's fields nothing is known of"),
        "warnings": _WARNINGS,
        "model_version": text("the release that decided"),
    }


def _both() -> Part:
    return listed(share("first of repayment, then of default"), "both probabilities", minItems=2, maxItems=2)


def _scale() -> Part:
    return fixed(
        "Where a client stands; credit is granted above `seuil`.",
        {
            "niveau de solvabilité": share("1 - probability"),
            "seuil": share("1 - threshold"),
            "probability": share("of default"),
            "threshold": share("the probability from which credit is refused"),
        },
    )


def _understood() -> dict[str, Part]:
    names: Part = {"type": "string"}
    return {
        ID: _CLIENT,
        "record": schema("Record"),
        "missing": count("how many of the model's fields nothing is known of"),
        "missing_fields": listed(names, "which ones"),
        "out_of_range": listed(names, "fields with a value outside what training saw"),
        "unseen_labels": listed(names, "fields with a label that training never saw: it counts as unknown"),
        "warnings": _WARNINGS,
    }
