"""What matters in general: where the threshold comes from, and what moves the PD most over all clients."""

from dashboard import markup
from dashboard.failing import told
from dashboard.session import Model, Visit, model
from dashboard.values import name_of
from dashboard.words import Words

MOST = 20
NEVER = ("CODE_GENDER", "NAME_FAMILY_STATUS")


def show(visit: Visit) -> None:
    """The page."""
    words = visit.words
    with told(words, "model"):
        serving = model(visit.service)
        threshold = serving.threshold
        markup.show(
            "model",
            words,
            version=serving.version,
            threshold=words.language.probability(threshold.best_threshold),
            ratio=words.language.number(threshold.cost_false_negative / threshold.cost_false_positive, 1),
            clients=words.count(serving.importance.clients),
            rows=rows(words, serving),
            unused=all(serving.by_name[field].role == "audit" for field in NEVER if field in serving.by_name),
            others=len(serving.importance.fields) - MOST,
        )


def rows(words: Words, serving: Model) -> list[tuple[str, float, str]]:
    """Of the weightiest fields: in words, the bar's length in percent, and the share of what all fields move."""
    shares = {name: share for field, share in serving.importance.shares().items() if (name := name_of(words, field))}
    most = max(shares.values(), default=1.0)
    return [
        (name, round(100 * share / most, 1), words.language.probability(share)) for name, share in list(shares.items())[:MOST]
    ]
