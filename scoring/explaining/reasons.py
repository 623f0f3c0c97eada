"""The reasons of a decision: which topics moved the PD, as far as the move is no artefact of how it was shared out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, nan

from scoring.explaining.client import Client, Probability, changed
from scoring.explaining.kinds import kind_of
from scoring.explaining.profile import ALL, GRANTED, HALF, REFUSED, Profile
from scoring.explaining.topics import TOPICS, UNSAID_LABELS, Topic

MOST = 4
TRIED = 8
LEAST = 0.02
"""Log-odds: what contributed less isn't worth a sentence."""
NEAR = 0.05
"""A number this near to the granted clients' median, as a share of it, says nothing beside it."""

RARE, NOTABLY = 0.01, 1.1
"""A share of clients that is smaller says nothing, and one that isn't so many times the other neither."""

AGAINST, IN_FAVOUR = 1, -1


@dataclass(frozen=True, slots=True)
class Reason:
    """A topic's code, the fields of the record that it is about, and the column that says it best.

    `convincing`: whether that column lies on the side of the granted clients that the reason speaks of.
    """

    code: str
    fields: tuple[str, ...]
    column: str
    convincing: bool


class Reasons:
    """Finds reasons, for one model and the reference profile beside it.

    `monotone`: column -> +1 or -1, the directions that the model holds.
    """

    def __init__(self, columns: Sequence[str], monotone: Mapping[str, int], profile: Profile, probability: Probability) -> None:
        known = set(columns)
        of_topics = {topic: tuple(name for name in topic.fields if name in known) for topic in TOPICS}
        self._fields = {topic: fields for topic, fields in of_topics.items() if fields}
        self._sayable = {
            topic: [*(name for name in topic.derived if name in known), *fields] for topic, fields in self._fields.items()
        }
        self._monotone = monotone
        self._profile = profile
        self._probability = probability
        groups = [group for group in (GRANTED, ALL) if profile.holds(group)]
        self._medians = [self._median(group) for group in groups] + [self._usual(group) for group in groups]

    def of(self, client: Client) -> tuple[list[Reason], list[Reason]]:
        """Up to MOST reasons against and as many in favour, the strongest first; a refusal has at least one against."""
        weights = {
            topic: sum(client.by_field[name] for name in self._fields[topic])
            for topic, columns in self._sayable.items()
            if any(client.values.get(name) not in UNSAID_LABELS for name in columns)
        }
        signs = {topic: sign for sign in (AGAINST, IN_FAVOUR) for topic in self._heaviest(weights, sign)}
        holds = self._hold(client, signs)
        against, in_favour = (
            [self._reason(topic, client, sign) for topic, its in signs.items() if its == sign and holds[topic]]
            for sign in (AGAINST, IN_FAVOUR)
        )
        if client.refused and not against and weights:
            against = [self._reason(max(weights, key=lambda topic: weights[topic]), client, AGAINST)]
        # What speaks for a client may be left unsaid where it doesn't convince; what speaks against him may not.
        return against[:MOST], [reason for reason in in_favour if reason.convincing][:MOST]

    def _heaviest(self, weights: Mapping[Topic, float], sign: int) -> list[Topic]:
        heavy = [topic for topic, weight in weights.items() if sign * weight >= LEAST]
        return sorted(heavy, key=lambda topic: -sign * weights[topic])[:TRIED]

    def _hold(self, client: Client, signs: Mapping[Topic, int]) -> dict[Topic, bool]:
        """Whether putting the median clients' values in a topic's fields moves the PD the way the reason says."""
        tries = [(topic, change) for topic in signs for change in self._tries(topic, client)]
        holds = dict.fromkeys(signs, True)
        if tries:
            found = self._probability(changed(client.values, [change for _, change in tries]))
            for (topic, _), probability in zip(tries, found.tolist(), strict=True):
                holds[topic] &= signs[topic] * (client.probability - probability) > 0
        return holds

    def _tries(self, topic: Topic, client: Client) -> list[dict[str, float | str]]:
        """What each of the median clients has in the topic's fields; those who have the same once."""
        moved, tries = self._moved(topic, client), list[dict[str, float | str]]()
        for medians in self._medians:
            change = {name: medians[name] for name in moved if name in medians}
            if change not in tries:
                tries.append(change)
        return tries

    def _median(self, group: str) -> dict[str, float | str]:
        typical = {name: self._profile.typical(name, group) for fields in self._fields.values() for name in fields}
        return {name: value for name, value in typical.items() if value is not None}

    def _usual(self, group: str) -> dict[str, float | str]:
        """The median, but unknown where it is so of most: the client in the middle has no car, so no car's age either."""
        return {
            name: value if self._profile.known(name, group) >= HALF or isinstance(value, str) else nan
            for name, value in self._median(group).items()
        }

    def _moved(self, topic: Topic, client: Client) -> tuple[str, ...]:
        """The topic's fields that contributed anything, those that did most first; all of them where none did."""
        moved = [name for name in self._fields[topic] if client.by_field[name]]
        return tuple(sorted(moved or self._fields[topic], key=lambda name: -abs(client.by_field[name])))

    def _reason(self, topic: Topic, client: Client, sign: int) -> Reason:
        return Reason(topic.code, self._moved(topic, client), *self._best_said(topic, client, sign))

    def _best_said(self, topic: Topic, client: Client, sign: int) -> tuple[str, bool]:
        """Of the known columns that contributed the reason's way the heaviest that convinces, else any; whether it does."""
        sayable = [name for name in self._sayable[topic] if client.values.get(name) not in UNSAID_LABELS]
        by_weight = sorted(sayable, key=lambda name: -sign * client.given[name])
        known = [name for name in by_weight if client.knows(name)]
        convincing = [name for name in known if sign * client.given[name] > 0 and self._convinces(name, client, sign)]
        return (*convincing, *known, *by_weight)[0], bool(convincing)

    def _convinces(self, column: str, client: Client, sign: int) -> bool:
        """Whether a value like the client's, or further out, is notably more frequent where the reason wants it."""
        value, typical = client.said(column), self._profile.typical(column)
        if kind_of(column) in ("label", "flag"):
            return self._is_more_frequent(sign, [self._profile.share(column, value, group) for group in (GRANTED, REFUSED)])
        if not isinstance(typical, float) or abs(value - typical) <= NEAR * abs(typical):
            return False
        if column in self._monotone and sign * self._monotone[column] * (value - typical) < 0:
            return False
        low, high = (value, inf) if value > typical else (-inf, value)
        shares = [self._profile.share_between(column, low, high, group) for group in (GRANTED, REFUSED)]
        return self._is_more_frequent(sign, shares)

    def _is_more_frequent(self, sign: int, shares: Sequence[float]) -> bool:
        """Whether a share is notably larger on the side that a reason speaks for, of (granted, refused)."""
        granted, refused = shares
        here, there = (refused, granted) if sign == AGAINST else (granted, refused)
        return here >= RARE and here >= NOTABLY * there
