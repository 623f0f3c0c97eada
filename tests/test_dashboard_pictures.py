"""The dashboard's pictures as figures: the axis of PD and threshold, the bars of contributions, the distribution of a number."""

import ast
import json
import math
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dashboard.answers import Contribution, Decision
from dashboard.distribution import bin_edges, chart, nice_ticks, shares, tick_texts
from dashboard.scale import scale
from dashboard.why import MOST_BARS, bars
from dashboard.words import Words, all_words, words
from scoring.explaining.kinds import kind_of
from scoring.explaining.language import CODES, shown
from scoring.explaining.profile import GRANTED, REFUSED, read_profile
from scoring.fields import FIELDS
from tests.conftest import LATEST
from tests.explained import profile

FRENCH, ENGLISH = (words(code) for code in ("fr", "en"))
RELEASE = read_profile((LATEST / "reference.json").read_bytes())
COUNTED = [name for name in RELEASE.columns if kind_of(name) not in ("label", "flag")]

Floats = NDArray[np.float64]


def decision(probability: float, threshold: float = 0.1) -> Decision:
    verdict: Any = "refused" if probability >= threshold else "granted"
    return Decision("0193-7", 7, probability, threshold, verdict, 0, [], "4-1234abcd")


# --- the axis of PD and threshold


def test_the_axis_holds_three_thresholds_or_a_little_more_than_the_highest_pd() -> None:
    low, high = scale(ENGLISH, decision(0.06)), scale(ENGLISH, decision(0.8))
    assert ([mark.at for mark in low.marks], low.threshold_at, low.top_label) == ([20.0], 33.33, "30.0%")
    assert ([mark.at for mark in high.marks], high.threshold_at, high.top_label) == ([86.96], 10.87, "92.0%")


@pytest.mark.parametrize(("probability", "threshold"), [(0.99, 0.1), (0.1, 0.5)])
def test_the_axis_ends_at_100_percent(probability: float, threshold: float) -> None:
    picture = scale(ENGLISH, decision(probability, threshold))
    assert (picture.marks[0].at, picture.threshold_at, picture.top_label) == (100 * probability, 100 * threshold, "100.0%")


PROBABILITIES, THRESHOLDS = st.floats(0, 1), st.floats(0.001, 0.999)


@given(now=PROBABILITIES, before=st.none() | PROBABILITIES, threshold=THRESHOLDS)
def test_nothing_lies_outside_the_axis_and_all_lies_in_its_order(now: float, before: float | None, threshold: float) -> None:
    picture = scale(FRENCH, decision(now, threshold), None if before is None else decision(before, threshold))
    places = [mark.at for mark in picture.marks]
    assert all(0 <= place <= 100 for place in (*places, picture.threshold_at))
    values = [now] if before is None else [before, now]
    for value, place in zip(values, places, strict=True):
        assert (value - threshold) * (place - picture.threshold_at) >= 0
    assert places == sorted(places) if values == sorted(values) else places == sorted(places, reverse=True)


def test_a_pd_just_below_the_threshold_isnt_written_like_it() -> None:
    picture = scale(ENGLISH, decision(0.0906, 1 / 11))
    assert (picture.marks[0].label, picture.threshold_label) == ("9.06%", "threshold 9.09%")
    assert picture.said == "Probability of non-repayment 9.06%, threshold 9.09%"


def test_a_simulation_is_marked_beside_the_file_and_says_which_is_which() -> None:
    alone, both = scale(FRENCH, decision(0.05)), scale(FRENCH, decision(0.05), decision(0.2))
    assert [(mark.kind, mark.label) for mark in alone.marks] == [("now", "5,0\u00a0%")]
    assert [(mark.kind, mark.at, mark.label) for mark in both.marks] == [
        ("before", 66.67, "dossier\u00a0: 20,0\u00a0%"),
        ("now", 16.67, "simulé\u00a0: 5,0\u00a0%"),
    ]
    assert both.said == "Probabilité de non-remboursement 5,0\u00a0%, seuil 10,0\u00a0%"


# --- the bars of contributions


def test_bars_are_the_weightiest_first_as_long_as_they_weigh() -> None:
    six = [
        Contribution("AMT_CREDIT", 500_000, 0.2),
        Contribution("EXT_SOURCE_2", 0.5, -0.8),
        Contribution("DAYS_EMPLOYED", 365243, 0.4),
        Contribution("BUREAU_NEW_COUNT", 3, 0.4),
        Contribution("OWN_CAR_AGE", None, -0.1),
        Contribution("BUREAU_NEWER_COUNT", 3, -0.1),
    ]
    found = bars(ENGLISH, six)
    named = ["EXT_SOURCE_2", "DAYS_EMPLOYED", "AMT_CREDIT", "OWN_CAR_AGE"]
    assert [bar.name for bar in found] == [*(ENGLISH.language.fields[name] for name in named), "The 2 other elements together"]
    assert [bar.value for bar in found] == ["0.50", "without employment, or retired", "€500,000", "not known", ""]
    assert [bar.length for bar in found] == [100.0, 50.0, 25.0, 12.5, 37.5]
    assert [bar.against for bar in found] == [False, True, True, False, True]
    assert [bar.weight for bar in found] == ["−0.80", "+0.40", "+0.20", "−0.10", "+0.30"]


def test_a_field_that_the_pages_have_no_words_for_counts_among_the_others_however_heavy() -> None:
    *_, others = bars(FRENCH, [Contribution("AMT_CREDIT", 1, 0.1), Contribution("NEW", 1, -3.0), Contribution("NEWER", 1, 1.0)])
    assert (others.name, others.length, others.against) == ("Les 2 autres éléments ensemble", 100.0, False)
    assert others.weight == "−2,00"


WEIGHTS = st.lists(st.floats(-3, 3), max_size=len(FIELDS))


@given(weights=WEIGHTS)
def test_bars_add_up_to_all_contributions_and_none_is_too_long(weights: Sequence[float]) -> None:
    found = bars(ENGLISH, [Contribution(field.name, None, weight) for field, weight in zip(FIELDS, weights, strict=False)])
    assert len(found) == min(len(weights), MOST_BARS) + (len(weights) > MOST_BARS)
    assert all(0 <= bar.length <= 100 for bar in found)
    told = sum(float(bar.weight.replace("−", "-")) for bar in found)
    assert abs(told - sum(weights)) <= 0.005 * len(found) + 1e-9


def test_where_nothing_weighs_anything_no_bar_has_a_length() -> None:
    assert bars(ENGLISH, []) == []
    assert [bar.length for bar in bars(ENGLISH, [Contribution("AMT_CREDIT", 1, 0.0)])] == [0.0]


# --- the distribution of a number

SIX = np.array([1.0, 2.0, 2.0, 3.0, 5.0, 10.0])


def test_shares_are_of_all_and_a_value_on_an_edge_is_in_the_bin_above_it() -> None:
    assert shares(SIX, np.array([1.0, 2.0, 4.0, 10.0])) == pytest.approx([1 / 6, 3 / 6, 2 / 6])
    assert shares(SIX, np.array([2.0, 4.0])) == [0.5]
    assert shares(np.array([]), np.array([0.0, 1.0, 2.0])) == [0.0, 0.0]


def test_few_whole_numbers_have_a_bin_each() -> None:
    assert bin_edges([SIX, np.array([0.0, 3.0])], None).tolist() == [place - 0.5 for place in range(12)]
    assert bin_edges([np.array([4.0])], None).tolist() == [3.5, 4.5]
    assert shares(SIX, bin_edges([SIX], None)) == pytest.approx([count / 6 for count in (1, 2, 1, 0, 1, 0, 0, 0, 0, 1)])


def test_other_numbers_have_sixteen_bins_over_both_groups_without_the_outermost_of_each() -> None:
    edges = bin_edges([np.arange(0.0, 200.0), np.arange(50.5, 250.0)], None)
    assert len(edges) == 17
    assert (edges[0], edges[-1]) == (2.0, 247.5)
    assert np.allclose(np.diff(edges), 245.5 / 16)


def test_where_nothing_is_known_of_anybody_there_are_bins_still() -> None:
    assert len(bin_edges([np.array([]), np.array([])], None)) > 1
    assert bin_edges([np.array([0.5, 0.5])], None).tolist() == [0.0, 1.0]


GROUPS = st.lists(st.floats(-1e6, 1e6).map(lambda number: round(number, 3)), min_size=1, max_size=200).map(np.array)


@given(groups=st.lists(GROUPS, min_size=1, max_size=2), share=st.floats(0, 0.5), above=st.booleans())
def test_a_client_a_little_outside_is_on_the_axis(groups: list[Floats], share: float, above: bool) -> None:
    groups = [np.sort(group) for group in groups]
    usual = bin_edges(groups, None)
    low, high = _usual_ends(groups)
    own = high + share * (high - low) if above else low - share * (high - low)
    edges = bin_edges(groups, own)
    slack = 1e-9 * (1 + abs(own))
    assert edges[0] - slack <= own <= edges[-1] + slack
    assert edges[0] <= usual[0] + slack
    assert usual[-1] - slack <= edges[-1]
    assert np.all(np.diff(edges) > 0)


@given(groups=st.lists(GROUPS, min_size=1, max_size=2), own=st.sampled_from([-1e12, 1e12]))
def test_a_client_far_away_doesnt_press_all_others_together(groups: list[Floats], own: float) -> None:
    groups = [np.sort(group) for group in groups]
    low, high = _usual_ends(groups)
    edges = bin_edges(groups, own)
    assert edges[-1] - edges[0] <= 1.5 * (high - low) + 2.0  # two for whole numbers' outer halves
    assert not edges[0] <= own <= edges[-1]


def _usual_ends(groups: Sequence[Floats]) -> tuple[float, float]:
    """The lowest and highest of both, without as many at each end of a group as it has hundreds."""
    outer = [len(group) // 100 for group in groups]
    low = min(group[out] for group, out in zip(groups, outer, strict=True))
    return float(low), float(max(group[-1 - out] for group, out in zip(groups, outer, strict=True)))


@given(low=st.floats(-1e6, 1e6), span=st.floats(0.001, 1e6), unit=st.sampled_from([0.01, 1.0, 30.4375, 365.25]))
def test_ticks_are_few_in_order_inside_and_nicely_apart(low: float, span: float, unit: float) -> None:
    high = low + span
    ticks = nice_ticks(low, high, unit)
    slack = 1e-6 * (span + unit * abs(low) * 1e-6)
    assert 2 <= len(ticks) <= 6
    assert low - slack <= ticks[0] < ticks[-1] <= high + slack
    steps = [later - earlier for earlier, later in pairwise(ticks)]
    assert max(steps) - min(steps) <= 1e-9 * (abs(low) + span)
    step = (ticks[-1] - ticks[0]) / (len(ticks) - 1) / unit
    mantissa = step / 10.0 ** math.floor(math.log10(step) + 1e-6)
    assert min(abs(mantissa - nice) for nice in (1, 2, 5)) < 1e-3


def test_ticks_by_hand() -> None:
    assert nice_ticks(0.0, 0.31, 0.01) == pytest.approx([0.0, 0.1, 0.2, 0.3])
    assert nice_ticks(-3.0, 21.0) == [0.0, 5.0, 10.0, 15.0, 20.0]
    assert nice_ticks(20 * 365.25, 70 * 365.25, 365.25) == [years * 365.25 for years in (20, 30, 40, 50, 60, 70)]
    assert nice_ticks(-0.5, 1.5, least=1.0) == [0.0, 1.0]


@pytest.mark.parametrize(
    ("field", "edges", "french", "english"),
    [
        ("AMT_CREDIT", [0, 2e6], ["0\u00a0€", "1\u202f000\u202f000\u00a0€"], ["€0", "€1,000,000"]),
        ("DAYS_BIRTH", [20 * 365.25, 70 * 365.25], ["20 ans", "30 ans"], ["20 years", "30 years"]),
        ("DAYS_LAST_PHONE_CHANGE", [0, 400], ["0 jour", "5 mois", "10 mois"], ["0 days", "5 months", "10 months"]),
        ("BUREAU_DEBT_SHARE", [0, 0.02], ["0\u00a0%", "1\u00a0%", "2\u00a0%"], ["0%", "1%", "2%"]),
        ("CNT_CHILDREN", [-0.5, 0.5, 1.5, 2.5], ["0", "1", "2"], ["0", "1", "2"]),
        ("BUREAU_BAD_COUNT", [-0.5, 0.5], ["0"], ["0"]),
        ("REGION_RATING_CLIENT", [0.5, 1.5, 2.5, 3.5], ["1", "2", "3"], ["1", "2", "3"]),
    ],
)
def test_what_stands_at_the_ticks_is_in_the_units_of_who_reads_it(
    field: str, edges: list[float], french: list[str], english: list[str]
) -> None:
    for language, expected in ((FRENCH, french), (ENGLISH, english)):
        texts = list(tick_texts(language, field, np.array(edges)).values())
        assert [text for text in texts if text in expected] == expected


def test_a_text_stands_where_its_number_is() -> None:
    edges = np.array([0.0, 0.02])
    assert tick_texts(ENGLISH, "BUREAU_DEBT_SHARE", edges) == {0.0: "0%", 0.01: "1%", 0.02: "2%"}
    assert tick_texts(ENGLISH, "AMT_CREDIT", 100 * edges) == {0.0: "€0", 1.0: "€1", 2.0: "€2"}
    assert tick_texts(ENGLISH, "EXT_SOURCE_1", edges) == {0.0: "0.00", 0.01: "0.01", 0.02: "0.02"}


@pytest.mark.parametrize("language", all_words(), ids=CODES)
@pytest.mark.parametrize("field", COUNTED)
def test_no_axis_of_what_the_release_knows_says_the_same_twice_or_halves_what_is_whole(language: Words, field: str) -> None:
    groups = [
        np.array(sorted(shown(field, one) for one in RELEASE.columns[field][group].quantiles)) for group in (GRANTED, REFUSED)
    ]
    edges = bin_edges(groups, None)
    texts = tick_texts(language, field, edges)
    assert len(set(texts.values())) == len(texts) >= 1
    if all(np.all(group == np.round(group)) for group in groups) and np.ptp(edges) <= 17:
        assert all(tick == round(tick) for tick in texts)


# --- the picture

CLIENTS = profile(
    {
        "AMT_CREDIT": {
            "granted": [100_000.5, 200_000, 300_000, 400_000, 500_000],
            "refused": [200_000, 300_000, 300_000, 400_000, 450_000],
        },
        "DAYS_BIRTH": {
            "granted": [-20_000, -18_000, -15_000, -12_000, -9000],
            "refused": [-19_000, -15_000, -12_000, -9000, -8000],
        },
        "CNT_CHILDREN": {"granted": [0, 0, 0, 1, 2]},
    }
)


def picture(language: Words, field: str, value: float | None) -> dict[str, Any]:
    """The chart as Vega-Lite is given it; altair has held it against Vega-Lite's schema."""
    made: dict[str, Any] = chart(language, CLIENTS, field, value, "What a reader hears.").to_dict()
    return made


def label_texts(axis: dict[str, Any]) -> list[str]:
    """The texts of an axis, from the expression that chooses among them."""
    return [ast.literal_eval(text) for text in re.findall(r"""\? ('[^']*'|"[^"]*") : """, axis["labelExpr"])]


@pytest.mark.parametrize("language", all_words(), ids=CODES)
@pytest.mark.parametrize(("field", "value"), [("AMT_CREDIT", 250_000.0), ("DAYS_BIRTH", -15_000.0), ("CNT_CHILDREN", None)])
def test_a_picture_is_one_that_vega_takes_and_says_what_it_shows(language: Words, field: str, value: float | None) -> None:
    made = picture(language, field, value)
    json.dumps(made, allow_nan=False)
    assert made["description"] == "What a reader hears."
    lines, *of_client = made["layer"]
    assert lines["encoding"]["x"]["title"] == language.language.fields[field]
    assert lines["encoding"]["color"]["scale"]["domain"] == [language("compare.granted"), language("compare.refused")]
    assert len(of_client) == (0 if value is None else 2)
    for axis in (lines["encoding"]["x"]["axis"], lines["encoding"]["y"]["axis"]):
        texts = label_texts(axis)
        assert len(texts) == len(axis["values"]) == len(set(texts))


def test_the_axes_say_amounts_and_shares_as_the_language_does() -> None:
    for language, amount, share in ((FRENCH, "300\u202f000\u00a0€", "20\u00a0%"), (ENGLISH, "€300,000", "20%")):
        encoding = picture(language, "AMT_CREDIT", None)["layer"][0]["encoding"]
        assert amount in label_texts(encoding["x"]["axis"])
        assert share in label_texts(encoding["y"]["axis"])


def test_the_client_is_where_the_value_is_and_at_the_edge_if_far_away() -> None:
    def at(field: str, value: float) -> float:
        made = picture(ENGLISH, field, value)
        return float(made["layer"][1]["data"]["values"][0]["at"])

    assert at("AMT_CREDIT", 310_000.0) == 310_000.0
    assert at("DAYS_BIRTH", -15_000.0) == 15_000.0  # an age
    first, *_, last = picture(ENGLISH, "AMT_CREDIT", 9e9)["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert first < last == at("AMT_CREDIT", 9e9) < 9e9


def test_the_lines_are_the_shares_of_each_group_drawn_to_the_end_of_its_last_bin() -> None:
    rows = picture(ENGLISH, "CNT_CHILDREN", 1.0)["layer"][0]["data"]["values"]
    by_group = {
        group: [(row["at"], row["share"]) for row in rows if row["group"] == group]
        for group in ("clients granted credit", "clients refused credit")
    }
    assert by_group["clients granted credit"] == [(-0.5, 0.6), (0.5, 0.2), (1.5, 0.2), (2.5, 0.2)]
    assert by_group["clients refused credit"] == [(-0.5, 0.0), (0.5, 0.0), (1.5, 0.0), (2.5, 0.0)]
