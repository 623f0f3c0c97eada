"""What a place that runs the service looks like to jobs.deploy: what can be asked of it, and what can go wrong there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from jobs.deploying.commit import Commit
from scoring.errors import CreditScoringError

Say = Callable[[str], object]


class PlatformError(CreditScoringError):
    """The platform doesn't do what it was asked."""

    code = "platform"


class Away(PlatformError):
    """No answer, or one that another moment may change: whether an order was taken isn't known."""


class Failed(PlatformError):
    """It gave up before the new release served: what served before goes on."""


class NotUp(PlatformError):
    """The new release took over, and doesn't run."""


@dataclass(frozen=True, slots=True)
class Release:
    """What a platform runs, or did: by its id there, and as people call it."""

    id: str
    name: str


class Platform(Protocol):
    """A service on a platform; everything may raise PlatformError."""

    @property
    def name(self) -> str:
        """As messages have it."""

    def url(self) -> str:
        """Where the service answers."""

    def serving(self) -> Release | None:
        """What serves now and can be gone back to."""

    def prepare(self, commit: Commit) -> Callable[[], str]:
        """All that changes nothing there; gives the order to deploy, which gives the id of what is under way then."""

    def finish(self, started: str) -> None:
        """Wait until that serves. Raises Failed, or NotUp."""

    def roll_back(self, release: Release) -> None:
        """Have that serve again, and wait until it does."""

    def by_hand(self, release: Release) -> str:
        """How a person does that."""
