"""One field of a client's file beside the clients of the training: those who would be granted credit, and those refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard import distribution, markup, options
from dashboard.answers import Explained
from dashboard.session import Model
from dashboard.values import canonical, name_of, unit_of, written
from dashboard.words import Words
from scoring.explaining.kinds import kind_of
from scoring.explaining.language import apart, shown
from scoring.explaining.profile import GRANTED, REFUSED, Profile

GROUPS = (GRANTED, REFUSED)
_LEAST_SHARE = 0.005  # of either group, for a label to have a bar


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer in words, whether it is the client's, and the share of each of GROUPS that gave it; as they are written."""

    text: str
    own: bool
    shares: Sequence[float]
    written: Sequence[str]


def show(words: Words, serving: Model, record: Mapping[str, Any], explained: Explained) -> None:
    """Let the visitor pick a field, the weightiest first, and put the comparison on the page."""
    weighty = [one.field for one in sorted(explained.contributions, key=lambda one: -abs(one.contribution))]
    fields = [name for name in weighty if name_of(words, name) and name in serving.profile.columns]
    if not fields:
        st.write(words("compare.nothing"))
        return
    st.write(words("compare.explain"))
    field: str = options.choose(
        st.selectbox,
        words("compare.field"),
        fields,
        words,
        key="compared",
        first=fields[0],
        format_func=lambda name: name_of(words, name) or "",
    )
    value = record.get(field)
    if kind_of(field) in ("label", "flag"):
        rows = answers(words, serving.profile, field, value)
        longest = max((max(row.shares) for row in rows), default=1.0) or 1.0
        markup.show("shares", words, name=name_of(words, field), value=written(words, field, value), rows=rows, longest=longest)
    else:
        said = sentences(words, serving.profile, field, value)
        picture = distribution.chart(words, serving.profile, field, number_of(field, value), " ".join(said))
        st.altair_chart(picture, width="stretch", theme=None)
        markup.show("sentences", words, sentences=said)


def answers(words: Words, profile: Profile, field: str, value: Any) -> list[Answered]:
    """The labels, or yes and no, the most frequent first; without those that hardly anybody has, but for the client's own."""
    own = canonical(field, value)
    known: list[Any] = [1.0, 0.0] if kind_of(field) == "flag" else _labels(profile, field)
    rows = []
    for answer in known if own is None or own in known else [*known, own]:
        shares = [profile.share(field, answer, group) for group in GROUPS]
        if max(shares) >= _LEAST_SHARE or answer == own:
            texts = [_share(words, profile, share, group) for share, group in zip(shares, GROUPS, strict=True)]
            rows.append(Answered(written(words, field, answer), answer == own, shares, texts))
    return sorted(rows, key=lambda row: -max(row.shares))


def _labels(profile: Profile, field: str) -> list[str]:
    summed_up = [profile.columns[field][group].shares for group in GROUPS if group in profile.columns[field]]
    return list(dict.fromkeys(label for shares in summed_up for label in shares))


def _share(words: Words, profile: Profile, share: float, group: str) -> str:
    return words.language.share(share) if profile.holds(group) else "–"


def number_of(field: str, value: Any) -> float | None:
    """The client's number; None where there is none to compare, because nothing is known or nothing counted."""
    return float(value) if isinstance(value, int | float) and unit_of(field).shown(value) is not None else None


def sentences(words: Words, profile: Profile, field: str, value: Any) -> list[str]:
    """The client's value, both groups' medians, how many of each have less, and of how many it isn't known."""
    language, number = words.language, number_of(field, value)
    medians = [median for group in GROUPS if isinstance(median := profile.typical(field, group), float)]
    own, texts = written(words, field, value), [language.written(field, median) for median in medians]
    if number is not None:
        own, *texts = apart(lambda one, more: language.written(field, one, more), number, *medians)
    told = [words("compare.own_unknown") if value is None else words("compare.own", value=own)]
    if len(medians) == len(GROUPS):
        told.append(words("compare.medians", granted=texts[0], refused=texts[1]))
        if number is not None:
            told.append(_of_both(words, "compare.below", [share_below(profile, field, number, group) for group in GROUPS]))
    missing = [1 - profile.known(field, group) for group in GROUPS]
    if all(map(profile.holds, GROUPS)) and max(missing) >= _LEAST_SHARE:
        told.append(_of_both(words, "compare.missing", missing))
    return told


def share_below(profile: Profile, field: str, value: float, group: str) -> float:
    """How many of those of the group of whom it is known have less of it, as it is told: of an age, who is younger."""
    infinity = float("inf")
    ends = (-infinity, value) if shown(field, 1.0) > 0 else (value, infinity)
    return profile.share_between(field, *ends, group) - profile.share(field, value, group)


def _of_both(words: Words, key: str, shares: Sequence[float]) -> str:
    granted, refused = (words.language.share(share) for share in shares)
    return words(key, granted=granted, refused=refused)
