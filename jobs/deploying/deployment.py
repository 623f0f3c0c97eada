"""A deploy from what served before to what serves after it: the new commit, or after a wrong answer what served before."""

from collections.abc import Callable, Sequence

from jobs import command
from jobs.deploying.commit import Commit
from jobs.deploying.platforms import Away, Failed, NotUp, Platform, PlatformError, Say

FAILED = 1


class Deployment:
    """Made before anything changes; `check` says what is wrong with what serves then, a line each.

    Raises PlatformError where the platform can't be asked.
    """

    def __init__(self, platform: Platform, check: Callable[[], Sequence[str]], say: Say) -> None:
        self._platform, self._check, self._say = platform, check, say
        self._before = platform.serving()
        self._state = "nothing was deployed"

    def run(self, commit: Commit) -> int:
        """The exit code: 0 it serves and is right; 1 it isn't, or doesn't; 130 stopped. Says which, and what serves."""
        self._say(f"{self._platform.name}: {self._before.name if self._before else 'nothing'} serves before {commit}")
        try:
            return self._run(commit)
        except Failed as error:
            self._say(f"failed: {error.message}; nothing changed, {self._still()}")
        except PlatformError as error:
            self._say(f"failed: {error.message}; {self._state}")
        except KeyboardInterrupt:
            self._say(f"stopped: {self._state}")
            return command.STOPPED
        except Exception:
            self._say(f"failed by a fault of this command: {self._state}")
            raise
        return FAILED

    def _run(self, commit: Commit) -> int:
        order = self._platform.prepare(commit)
        self._state = f"whether {self._platform.name} took the order to deploy {commit} isn't known{self._way_back()}"
        try:
            started = order()
        except Away:
            raise
        except PlatformError as error:  # an answer, and not the one: it wasn't taken
            raise Failed(error.message) from None
        self._state = f"{commit} is under way ({started}) and will serve unchecked if it can{self._way_back()}"
        try:
            self._platform.finish(started)
            self._state = f"{commit} serves, and wasn't checked{self._way_back()}"
            problems = self._check()
        except NotUp as error:
            problems = [error.message]
        if problems:
            return self._roll_back(commit, problems)
        self._say(f"done: {commit} serves, and answers as its release says")
        return command.DONE

    def _roll_back(self, commit: Commit, problems: Sequence[str]) -> int:
        for problem in problems:
            self._say(f"wrong: {problem}")
        if self._before is None:
            self._say(f"failed: {commit} serves all the same; nothing served before it, there is nothing to go back to")
            return FAILED
        self._state = f"{commit} is wrong, and {self._before.name} was to serve again, but perhaps doesn't yet{self._way_back()}"
        self._say(f"rolling back to {self._before.name}")
        try:
            self._platform.roll_back(self._before)
        except PlatformError as error:
            raise PlatformError(f"rolling back didn't work, {error.message}") from None
        self._say(f"rolled back: {self._before.name} serves again")
        return FAILED

    def _still(self) -> str:
        return f"{self._before.name} serves" if self._before else "nothing serves"

    def _way_back(self) -> str:
        return f"; the way back: {self._platform.by_hand(self._before)}" if self._before else "; nothing served before it"
