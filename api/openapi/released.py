"""What is told of the release that is served."""

from api.openapi.parts import Part, count, fixed, listed, number, share, text

GROUPS = ("all", "granted", "refused")


def schemas() -> dict[str, Part]:
    fields = {
        "columns": listed({"type": "string"}, "the fields' names"),
        "features": listed(_field(), "the fields, in that order"),
    }
    threshold = {
        "best_threshold": share("the probability from which credit is refused"),
        "cost_false_negative": number("of granting to a defaulter", exclusiveMinimum=0),
        "cost_false_positive": number("of refusing a good client", exclusiveMinimum=0),
    }
    return {
        "Features": fixed("The field table.", fields),
        "Threshold": fixed("The threshold and its reason.", threshold),
        "Importance": _importance(),
        "Reference": _reference(),
    }


def _field() -> Part:
    bound: Part = {"type": ["number", "null"]}
    range_: Part = {
        "type": ["array", "null"],
        "description": "lowest and highest, null where there is no bound; null for a label. A value outside is taken.",
        "items": bound,
        "minItems": 2,
        "maxItems": 2,
    }
    members = {
        "name": text("as a record has it"),
        "type": {"type": "string", "enum": ["integer", "number", "flag", "label"]},
        "meaning": text("in words"),
        "allowed": {"type": ["array", "null"], "items": {"type": "string"}, "description": "a label's values, else null"},
        "range": range_,
        "role": {"type": "string", "enum": ["model", "audit"]},
    }
    return fixed("A field of the record.", members)


def _importance() -> Part:
    moved = {"mean_absolute_contribution": number("over those clients", minimum=0)}
    column = {"column": text("of the model"), **moved, "gain": share("of what all splits of the trees gained")}
    members = {
        "clients": count("over how many"),
        "unit": text("of a contribution"),
        "columns": listed(fixed("A column.", column)),
        "fields": listed(fixed("A field of the record.", {"field": text("its name"), **moved})),
    }
    return fixed("What moves the probability, by descending contribution.", members)


def _reference() -> Part:
    missing = share("of the clients of whom it is not known")
    numbers = fixed("A column of numbers.", {"missing": missing, "quantiles": listed({"type": "number"}, "at the levels")})
    shares = {"type": "object", "description": "by label, of those known", "additionalProperties": share("of the clients")}
    labels = fixed("A column of labels.", {"missing": missing, "shares": shares})
    profile: Part = {
        "type": "object",
        "description": "by group; one of too few clients is left out",
        "properties": {group: {"oneOf": [numbers, labels]} for group in GROUPS},
        "additionalProperties": False,
    }
    members = {
        "clients": fixed("How many.", {group: count("clients") for group in GROUPS}),
        "levels": listed(share("a quantile's level"), "of which quantiles are given"),
        "columns": {"type": "object", "description": "by the model's column", "additionalProperties": profile},
    }
    return fixed("The reference profile.", members)
