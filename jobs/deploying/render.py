"""A service on Render, deployed by the id of a commit that Render itself fetches, rolled back to an earlier deploy.

api-docs.render.com/reference: retrieve-service, list-deploys, create-deploy, retrieve-deploy, rollback-deploy.
"""

import re
from collections.abc import Callable

import msgspec

from jobs.deploying.commit import Commit
from jobs.deploying.platform_api import Api, Pace
from jobs.deploying.platforms import Away, Failed, PlatformError, Release, Say
from scoring.errors import SettingError

ADDRESS = "https://api.render.com/v1"
KEY = "RENDER_API_KEY"
QUEUED = 202
FAILED = ("build_failed", "pre_deploy_failed", "update_failed", "canceled")


class _Details(msgspec.Struct):
    url: str | None = None


class _Service(msgspec.Struct, rename="camel"):
    service_details: _Details


class _Commit(msgspec.Struct):
    id: str = ""


class _Deploy(msgspec.Struct):
    id: str
    status: str = "created"
    commit: _Commit | None = None


class _Listed(msgspec.Struct):
    deploy: _Deploy


class Render:
    """A service of this id there; `say` is told what changes meanwhile."""

    name = "Render"

    def __init__(self, service: str, key: str, pace: Pace, say: Say, base: str = ADDRESS) -> None:
        if not re.fullmatch(r"srv-[a-z0-9]+", service):
            raise SettingError(f"{service!r} is not the id of a service on Render, which is like srv-c1a2b3")
        self._service, self._path, self._pace, self._say = service, f"/services/{service}", pace, say
        self._api = Api(base, key, KEY, "application/json", pace)

    def url(self) -> str:
        if not (url := self._api.surely(self._path, _Service).service_details.url):
            raise PlatformError(f"{self._service} has no address on the web: it isn't a web service")
        return url

    def serving(self) -> Release | None:
        live = [deploy for deploy in self._deploys() if deploy.status == "live"]
        return Release(live[0].id, _name(live[0])) if live else None

    def prepare(self, commit: Commit) -> Callable[[], str]:
        earlier = {deploy.id for deploy in self._deploys()}

        def order() -> str:
            path = f"{self._path}/deploys"
            answer = self._api.order(path, {"commitId": commit.id})
            if answer.status != QUEUED:
                return self._api.decoded(answer, f"POST {path}", _Deploy).id
            try:
                return self._pace.until(lambda: self._queued(commit, earlier), "the queue", self._pace.limit)
            except PlatformError as error:  # the order was taken all the same
                raise Away(error.message) from None

        return order

    def finish(self, started: str) -> None:
        self._wait(started)

    def roll_back(self, release: Release) -> None:
        # Given again where the API is away: twice the same deploy is no harm, once a wrong one is.
        path, order = f"{self._path}/rollback", {"deployId": release.id}
        self._wait(self._api.repeated(lambda: self._api.post(path, order, _Deploy), "the order to roll back").id)

    def by_hand(self, release: Release) -> str:
        return f"Rollback at {release.name} among the events of {self._service} on dashboard.render.com"

    def _wait(self, deploy: str) -> None:
        self._pace.until(lambda: self._live(deploy), f"the deploy {deploy}", self._pace.limit)

    def _live(self, deploy: str) -> bool | None:
        status = self._api.get(f"{self._path}/deploys/{deploy}", _Deploy).status
        self._say(f"{deploy}: {status}")
        if status in FAILED:
            raise Failed(f"{deploy} ended as {status}; its log is on dashboard.render.com")
        if status == "deactivated":
            raise PlatformError(f"{deploy} served and doesn't any more: another one took its place, or the service was suspended")
        return True if status == "live" else None

    def _queued(self, commit: Commit, earlier: set[str]) -> str | None:
        """The id of the deploy that was asked for, once Render has made it: the one of that commit that wasn't there."""
        listed = self._api.get(f"{self._path}/deploys?limit=20", list[_Listed])
        ours = [one.deploy.id for one in listed if one.deploy.commit and one.deploy.commit.id == commit.id]
        return next((deploy for deploy in ours if deploy not in earlier), None)

    def _deploys(self) -> list[_Deploy]:
        return [one.deploy for one in self._api.surely(f"{self._path}/deploys?limit=20", list[_Listed])]


def _name(deploy: _Deploy) -> str:
    return f"{deploy.id} ({deploy.commit.id[:12]})" if deploy.commit and deploy.commit.id else deploy.id
