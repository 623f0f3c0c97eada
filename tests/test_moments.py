"""Moments: what a person gives as a day or a time becomes what the log writes, or is told."""

import pytest

from scoring.decision_log.entries import now
from scoring.decision_log.moments import moment
from scoring.errors import SettingError


@pytest.mark.parametrize(
    ("given", "logged"),
    [
        ("2024-11-20", "2024-11-20T00:00:00.000+00:00"),
        (" 2024-11-20T13:00 ", "2024-11-20T13:00:00.000+00:00"),
        ("2024-11-20T13:00:00+02:00", "2024-11-20T11:00:00.000+00:00"),
        ("2024-11-20 00:30:00.1239+01:00", "2024-11-19T23:30:00.123+00:00"),
    ],
)
def test_a_moment_is_written_as_the_log_writes_times(given: str, logged: str) -> None:
    assert moment(given, "--since") == logged


@pytest.mark.parametrize("given", ["", "yesterday", "2024", "2024-02-30", "20-11-2024", "0001-01-01T00:00+01:00", "1732104000"])
def test_what_is_no_moment_is_told_with_what_to_give(given: str) -> None:
    with pytest.raises(SettingError, match=r"^--before '.*' is no date and no time: give one as 2026-11-21 .* or as 2026-11-21T"):
        moment(given, "--before")


def test_a_moment_has_the_width_of_what_the_log_writes() -> None:
    time = now()
    assert moment(time, "--since") == time
    assert len(moment("0999-01-01", "--since")) == len(time)
