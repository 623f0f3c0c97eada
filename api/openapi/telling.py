"""The routes that tell of the model that is served."""

from api import replies
from api.openapi import released
from api.openapi.examples import as_json
from api.openapi.parts import Chapter, Part, Route, answer, in_json, schema
from model import Release

IF_NONE_MATCH: Part = {
    "name": "If-None-Match",
    "in": "header",
    "description": "the ETag of what the caller has already",
    "schema": {"type": "string"},
}
IF_MATCH: Part = {
    "name": "If-Match",
    "in": "header",
    "description": "the ETag that the answer must have",
    "schema": {"type": "string"},
}
CACHED = (IF_NONE_MATCH, IF_MATCH)

IMPORTANCE = {
    "clients": 5000,
    "unit": "log-odds of the probability of default",
    "columns": [{"column": "EXT_SOURCE_MEAN", "mean_absolute_contribution": 0.246517, "gain": 0.186033}],
    "fields": [{"field": "EXT_SOURCE_3", "mean_absolute_contribution": 0.244128}],
}
REFERENCE = {
    "clients": {"all": 25234, "granted": 18310, "refused": 6924},
    "levels": [0.001, 0.5, 0.999],
    "columns": {
        "NAME_CONTRACT_TYPE": {"all": {"missing": 0.0, "shares": {"Cash loans": 0.904335, "Revolving loans": 0.0956646}}},
        "EXT_SOURCE_2": {"all": {"missing": 0.002, "quantiles": [0.0015, 0.566, 0.855]}},
    },
}


def chapter(release: Release) -> Chapter:
    """The field table, the threshold, what moves the probability, the clients of the training."""
    return Chapter(
        "The model",
        "What is served, and what it was trained on.",
        (
            _features(release),
            _threshold(release),
            _document("importance", "What moves the probability most", "Importance", IMPORTANCE),
            _document("reference", "The clients of the training, summed up per column", "Reference", REFERENCE),
        ),
        released.schemas(),
    )


def _features(release: Release) -> Route:
    told = as_json(replies.features(release))
    some = {name: part[:3] for name, part in told.items()}
    return Route(
        path="/features",
        name="features",
        summary="The fields of a client record",
        description="Each with its type, meaning, allowed labels, range (what training saw, where the model uses the field) and "
        "role: `model`, or `audit` for what is logged and never reaches the model.",
        answers={200: answer("Every field; the example is shortened.", in_json(schema("Features"), {"shortened": some}))},
    )


def _threshold(release: Release) -> Route:
    told = in_json(schema("Threshold"), {"threshold": replies.best_threshold(release)})
    return Route(
        path="/best_threshold",
        name="best_threshold",
        summary="The probability from which credit is refused",
        description="And the costs that it follows from: of granting to a defaulter, and of refusing a good client.",
        answers={200: answer("The threshold.", told)},
    )


def _document(name: str, summary: str, of: str, example: Part) -> Route:
    told = in_json(schema(of), {"shortened": example})
    return Route(
        path=f"/{name}",
        name=name,
        summary=summary,
        description="A file of the release, byte for byte; it changes with the release alone, and its ETag with it.",
        parameters=CACHED,
        answers={200: answer("The file; the example is shortened.", told, "ETag"), 304: unchanged()},
        refusals=(412,),
    )


def unchanged() -> Part:
    """For who has it already."""
    return answer("What If-None-Match names is what there is; without a body.", None, "ETag")
