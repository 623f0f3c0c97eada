"""What was found, as sentences in each language."""

from collections.abc import Mapping
from functools import partial

from scoring.explaining.client import Client
from scoring.explaining.gaps import Gap
from scoring.explaining.kinds import kind_of
from scoring.explaining.language import Language, apart, shown
from scoring.explaining.loan import ANNUITY, CREDIT, GOODS, Loan
from scoring.explaining.profile import GRANTED, HALF, REFUSED, Profile
from scoring.explaining.reasons import Reason
from scoring.explaining.recourse import Recourse
from scoring.inputs import MODEL_FIELDS

MOSTLY_KNOWN = 0.9
"""Of a column that fewer of the granted clients have, it is said that the comparison is with those of whom it is known."""

Said = dict[str, str]
"""Language code -> sentence."""


class Sentences:
    """Composes sentences in every language, with the reference profile's figures in them."""

    def __init__(self, languages: Mapping[str, Language], profile: Profile, threshold: float) -> None:
        self._languages = languages
        self._profile = profile
        self._threshold = threshold

    def can_say(self, field: str) -> bool:
        """Whether a field may be told to a client: the model's, with words in every language."""
        return field in MODEL_FIELDS and all(field in language.fields for language in self._languages.values())

    def reason(self, reason: Reason, client: Client) -> Said:
        """The client's value of a reason's column, beside those of the clients who were granted credit."""
        return {code: self._reason(language, reason, client) for code, language in self._languages.items()}

    def recourse(self, found: Recourse, client: Client) -> Said:
        """What to change, and what that does; or why there is nothing to propose."""
        return {code: self._recourse(language, found, client) for code, language in self._languages.items()}

    def gap(self, gap: Gap) -> Said:
        """A field that wasn't known, and how far the PD could have gone."""
        return {
            code: language.gap["decides" if gap.decides else "matters"].format(
                field=language.fields[gap.field],
                low=language.probability(gap.probability[0]),
                high=language.probability(gap.probability[1]),
            )
            for code, language in self._languages.items()
        }

    def outside(self, field: str, value: float, limits: tuple[float, float]) -> Said:
        """A value that training never saw."""
        said: Said = {}
        for code, language in self._languages.items():
            ends = sorted(limits, key=lambda limit: shown(field, limit))
            told, low, high = apart(partial(language.written, field), value, *ends)
            said[code] = language.gap["outside"].format(field=language.fields[field], value=told, low=low, high=high)
        return said

    def _reason(self, language: Language, reason: Reason, client: Client) -> str:
        column = reason.column
        value = client.said(column)
        if value is None:  # nor has the topic another column that is known
            kind, known = "unknown" if client.lacks(column) else "none", max(map(self._profile.known, reason.fields))
            return language.reason[kind].format(topic=language.topics[reason.code], known=language.share(known))
        clients = language.reason["clients" if self._profile.known(column) >= MOSTLY_KNOWN else "clients_known"]
        said = {"field": language.fields[column], "clients": clients}
        if kind_of(column) in ("label", "flag"):
            shares = [self._profile.share(column, value, group) for group in (GRANTED, REFUSED)]
            granted, refused = apart(language.share, *shares)
            return language.reason["share"].format(
                **said, value=language.written(column, value), granted=granted, refused=refused
            )
        typical = self._profile.typical(column)
        if not isinstance(typical, float):
            return language.reason["alone"].format(**said, value=language.written(column, value))
        told, median = apart(partial(language.written, column), value, typical)
        kind = "the_same" if told == median else self._comparison(column, value, typical)
        return language.reason[kind].format(**said, value=told, typical=median)

    def _comparison(self, column: str, value: float, typical: float) -> str:
        """Which sentence compares a number with the granted clients' median."""
        kind = kind_of(column)
        if kind in ("date", "delay", "hour", "index"):
            return "otherwise"
        above = shown(column, value) > shown(column, typical)
        if above and typical == 0 and self._profile.share(column, 0.0) >= HALF:
            return "above_none"
        if kind == "count" and typical.is_integer():
            return "above_at_most" if above else "below_at_least"
        return "above" if above else "below"

    def _recourse(self, language: Language, found: Recourse, client: Client) -> str:
        if found.probability is None:
            return language.recourse["no_room" if Loan.of(client.values) else "no_loan"]
        if not found.to:
            kind = "nothing" if found.probability >= self._threshold else "unsteady"
            threshold, best = apart(language.probability, self._threshold, found.probability)
            tried = language.listed([language.recourse[f"tried_{lever}"] for lever in found.levers])
            return language.recourse[kind].format(tried=tried, best=best, threshold=threshold)
        loan = {
            name + when: language.written(column, float(values.get(column, client.values[column])))
            for name, column in (("credit", CREDIT), ("annuity", ANNUITY), ("goods", GOODS))
            if column != GOODS or column in found.to
            for when, values in (("", found.to), ("_before", {}))
        }
        loan["purchase"] = language.recourse["purchase"].format(**loan) if GOODS in found.to else ""
        threshold, before, after = apart(language.probability, self._threshold, client.probability, found.probability)
        effect = language.recourse["effect"].format(before=before, after=after, threshold=threshold)
        return f"{language.recourse['_'.join(found.levers)].format(**loan)} {effect}"
