"""What can stand between a page and the service, as kinds that each language has a sentence for."""

from enum import StrEnum

from scoring.errors import CreditScoringError


class Kind(StrEnum):
    """Why there is no answer; `texts` say each in words a relationship manager understands."""

    DOWN = "down"
    """Nothing answers there."""
    SLOW = "slow"
    """Not within the time that somebody waits."""
    VERSION = "version"
    """Something else answers than what these pages know."""
    KEY = "key"
    """It doesn't know our key."""
    BUSY = "busy"
    """We ask more often than we may; waiting helps."""
    UNRECORDED = "unrecorded"
    """It can't record decisions now, so it makes none; waiting helps."""
    REFUSED = "refused"
    """It understood and won't: `problems` say which fields."""
    GONE = "gone"
    """It doesn't know, or no longer holds, the decision that was asked for."""
    FAULT = "fault"
    """An error of its own."""


WAITING_HELPS = frozenset({Kind.DOWN, Kind.SLOW, Kind.BUSY, Kind.UNRECORDED, Kind.FAULT})


class Trouble(CreditScoringError):
    """No answer to work with: of which kind, and of REFUSED the (field or None, problem) pairs that the service named."""

    code = "no_answer"

    def __init__(self, kind: Kind, message: str, problems: tuple[tuple[str | None, str], ...] = (), wait: float = 0.0) -> None:
        super().__init__(message)
        self.kind = kind
        self.problems = problems
        self.wait = wait
        """Seconds that the service asks to wait; 0 where it says nothing."""
