"""What was found, as sentences in each language."""

from collections.abc import Mapping
from typing import Any

from scoring.explaining.client import Client
from scoring.explaining.gaps import Gap
from scoring.explaining.kinds import kind_of
from scoring.explaining.language import Language, shown
from scoring.explaining.loan import ANNUITY, CREDIT
from scoring.explaining.profile import GRANTED, REFUSED, Profile
from scoring.explaining.reasons import Reason
from scoring.explaining.recourse import Recourse

Said = dict[str, str]
"""Language code -> sentence."""


class Sentences:
    """Composes sentences in every language, with the reference profile's figures in them."""

    def __init__(self, languages: Mapping[str, Language], profile: Profile, threshold: float) -> None:
        self._languages = languages
        self._profile = profile
        self._threshold = threshold

    def can_say(self, field: str) -> bool:
        """Whether every language has words for a field."""
        return all(field in language.fields for language in self._languages.values())

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
            low, high = (language.written(field, limit) for limit in sorted(limits, key=lambda limit: shown(field, limit)))
            said[code] = language.gap["outside"].format(
                field=language.fields[field], value=language.written(field, value), low=low, high=high
            )
        return said

    def _reason(self, language: Language, reason: Reason, client: Client) -> str:
        column = reason.column
        value = client.said(column)
        if value is None:  # nor has the topic another column that is known
            kind, known = "unknown" if client.lacks(column) else "none", max(map(self._profile.known, reason.fields))
            return language.reason[kind].format(topic=language.topics[reason.code], known=language.share(known))
        template, typical = self._compared(language, column, value)
        of = {"granted": GRANTED, "refused": REFUSED} if template == "share" else {}
        shares = {name: language.share(self._profile.share(column, value, group)) for name, group in of.items()}
        told, median = typical or (language.written(column, value), "")
        return language.reason[template].format(field=language.fields[column], value=told, typical=median, **shares)

    def _compared(self, language: Language, column: str, value: Any) -> tuple[str, tuple[str, str] | None]:
        """Which sentence compares a value with the granted clients', and both written."""
        kind, typical = kind_of(column), self._profile.typical(column)
        if kind in ("label", "flag"):
            return "share", None
        if not isinstance(typical, float):
            return "alone", None
        apart = language.apart(column, value, typical)
        if apart is None:
            return "the_same", None
        if kind in ("date", "hour", "index"):
            return "otherwise", apart
        side = "above" if shown(column, value) > shown(column, typical) else "below"
        if typical == 0 and side == "above":
            return "above_none", apart
        return (f"{side}_{'at_most' if side == 'above' else 'at_least'}" if kind == "count" else side), apart

    def _recourse(self, language: Language, found: Recourse, client: Client) -> str:
        if found.probability is None:
            return language.recourse["no_loan"]
        if not found.to:
            kind = "nothing" if found.probability >= self._threshold else "unsteady"
            threshold, best = language.beside(self._threshold, found.probability)
            return language.recourse[kind].format(best=best, threshold=threshold)
        loan = {
            name + when: language.written(column, float(values.get(column, client.values[column])))
            for name, column in (("credit", CREDIT), ("annuity", ANNUITY))
            for when, values in (("", found.to), ("_before", {}))
        }
        threshold, before, after = language.beside(self._threshold, client.probability, found.probability)
        effect = language.recourse["effect"].format(before=before, after=after, threshold=threshold)
        return f"{language.recourse['_'.join(found.levers)].format(**loan)} {effect}"
