"""The chain: digests worked out by hand, and whatever is changed in a row is found at that row."""

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.decision_log.chain import GENESIS, Head, private_digest, row_digest, sealed
from scoring.decision_log.schema import CONTENT
from scoring.decision_log.verifying import Purge, findings

COLUMNS = CONTENT["outcomes"]
Rows = list[tuple[str, dict[str, Any]]]


def chained(count: int) -> Rows:
    """Outcomes from position 1 on."""
    rows: Rows = []
    previous = GENESIS
    for position in range(1, count + 1):
        content = {column: f"{column} {position}" for column in COLUMNS}
        previous = row_digest(previous, "outcomes", list(content.values()))
        rows.append(("outcomes", {**content, "position": position, "digest": previous}))
    return rows


def found(rows: Rows, count: int, end: str | None = None) -> list[tuple[int, str]]:
    start = Head(0, GENESIS)
    return [
        (one.position, one.problem) for one in findings(iter(rows), start, Head(count, end or chained(count)[-1][1]["digest"]))
    ]


def test_a_rows_digest_is_the_sha256_of_the_one_before_and_its_content() -> None:
    expected = hashlib.sha256(b"0" * 64 + b'["outcomes","a",1,0.1,null]').hexdigest()
    assert row_digest(GENESIS, "outcomes", ["a", 1, 0.1, None]) == expected


def test_a_personal_text_is_held_by_a_digest_that_nobody_can_guess_from() -> None:
    digest, salt = sealed("reason")
    assert digest == hashlib.sha256(f"{salt}reason".encode()).hexdigest() == private_digest(salt, "reason")
    assert sealed("reason")[0] != digest


def test_every_column_of_a_decision_but_the_personal_ones_is_in_its_digest() -> None:
    assert set(CONTENT["decisions"]) == {
        "decision_id", "time", "request_id", "purpose", "key_name", "status", "latency_ms", "raw_score", "probability",
        "threshold", "decision", "model_sha256", "model_version", "code_version", "record_digest",
    }  # fmt: skip
    assert set(CONTENT["reviews"]) == {
        "review_id", "decision_id", "time", "key_name", "reviewer", "decision", "reason_digest"
    }  # fmt: skip


def test_a_whole_chain_has_no_findings() -> None:
    assert found(chained(5), 5) == []


def test_an_empty_chain_has_no_findings() -> None:
    assert list(findings(iter([]), Head(0, GENESIS), Head(0, GENESIS))) == []


@given(st.integers(0, 5), st.sampled_from(COLUMNS), st.text(max_size=3))
def test_whatever_is_changed_in_a_row_is_found_at_that_row_alone(at: int, column: str, value: str) -> None:
    rows = chained(6)
    rows[at][1][column] = value
    assert [position for position, _ in found(rows, 6)] == [at + 1]


@given(st.integers(0, 5), st.integers(0, 5))
def test_two_rows_in_each_others_place_are_found(one: int, other: int) -> None:
    rows = chained(6)
    content = {at: {column: rows[at][1][column] for column in COLUMNS} for at in (one, other)}
    rows[one][1].update(content[other])
    rows[other][1].update(content[one])
    assert {position for position, _ in found(rows, 6)} == ({one + 1, other + 1} if one != other else set())


@pytest.mark.parametrize(
    ("gone", "told"),
    [
        ({3}, (3, "row 3 is missing")),
        ({1, 2}, (1, "rows 1 to 2 are missing")),
        ({6}, (6, "row 6 is missing at the end: the head counts 6")),
        ({5, 6}, (5, "rows 5 to 6 are missing at the end: the head counts 6")),
    ],
)
def test_a_row_that_is_gone_is_told_once(gone: set[int], told: tuple[int, str]) -> None:
    rows = [row for row in chained(6) if row[1]["position"] not in gone]
    assert found(rows, 6) == [told]


def test_a_row_that_the_head_does_not_count_is_found() -> None:
    assert found(chained(7), 6, end="f" * 64) == [(7, "row 7 is more than the head counts: 6")]


def test_a_head_that_names_another_last_row_is_found() -> None:
    assert found(chained(6), 6, end="f" * 64) == [(6, "the last row's digest isn't the head's")]


@pytest.mark.parametrize(
    ("purges", "told"),
    [
        ([Purge(2, "2026-11-02")], False),
        ([], True),
        ([Purge(2, "2026-11-01")], True),  # it speaks of what was before that day
        ([Purge(1, "2026-11-02")], True),  # the row came after the purge
    ],
)
def test_a_text_that_is_gone_is_found_unless_a_later_purge_speaks_of_it(purges: list[Purge], told: bool) -> None:
    row: dict[str, Any] = {
        **dict.fromkeys(CONTENT["reviews"], ""),
        "position": 1,
        "time": "2026-11-01T12",
        "salt": None,
        "reason": None,
    }
    digest = row["digest"] = row_digest(GENESIS, "reviews", [row[name] for name in CONTENT["reviews"]])
    problems = [one.problem for one in findings([("reviews", row)], Head(0, GENESIS), Head(1, digest), purges)]
    assert problems == (["its reason is gone, and no purge says so"] if told else [])


def test_what_is_put_back_after_a_purge_is_found() -> None:
    row: dict[str, Any] = {
        **dict.fromkeys(CONTENT["reviews"], ""),
        "position": 1,
        "time": "2026-11-01T12",
        "salt": "ff",
        "reason": None,
    }
    digest = row["digest"] = row_digest(GENESIS, "reviews", [row[name] for name in CONTENT["reviews"]])
    [found] = findings([("reviews", row)], Head(0, GENESIS), Head(1, digest), [Purge(2, "2026-11-02")])
    assert found.problem == "its reason was purged, and something was put back"
