"""A moment as a person gives it, in the log's own words: texts that sort as times do."""

from datetime import UTC, datetime

from scoring.decision_log.entries import as_logged
from scoring.errors import SettingError


def moment(text: str, argument: str) -> str:
    """A day (its midnight in UTC) or a time (in UTC, where it names no zone), as the log writes times.

    Raises SettingError, naming the argument, where the text is neither.
    """
    try:
        given = datetime.fromisoformat(text.strip())
        return as_logged(given if given.tzinfo else given.replace(tzinfo=UTC))
    except (ValueError, OverflowError):  # a zone can lead out of the calendar
        raise SettingError(
            f"{argument} {text[:40]!r} is no date and no time: give one as 2026-11-21 (its midnight in UTC) "
            "or as 2026-11-21T12:00:00+01:00 (UTC without a zone)"
        ) from None
