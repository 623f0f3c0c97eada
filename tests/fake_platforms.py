"""Heroku and Render as their documentation has them, over real HTTP.

What is under way moves on by a step each time that somebody looks.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.answering import Reply, answering
from tests.fake_service import Asked

PLATFORM_KEY = "a-platform-key-for-tests"


@dataclass
class FakePlatform:
    """What both have: a key, what they were asked, and paths that are answered 503 once. A subclass has `routes`.

    `refusal`: what everybody is told, where there is one.
    """

    url: str = ""
    key: str = PLATFORM_KEY
    asked: list[Asked] = field(default_factory=list)
    stumbles: list[str] = field(default_factory=list)
    refusal: str = ""

    def answer(self, asked: Asked) -> Reply:
        """The reply to a request."""
        path = asked.path.partition("?")[0]
        self.asked.append(asked)
        if f"{asked.method} {path}" in self.stumbles:
            self.stumbles.remove(f"{asked.method} {path}")
            return 503, {"id": "maintenance", "message": "API is temporarily unavailable."}
        if path.startswith("/presigned/"):
            return self.presigned(asked)
        if self.refusal:
            return 422, {"id": "invalid_params", "message": self.refusal}
        if asked.headers.get("authorization") != f"Bearer {self.key}":
            return 401, {"id": "unauthorized", "message": "Invalid credentials provided."}
        return self.routes(asked.method, path.strip("/").split("/"), json.loads(asked.body or b"{}"), asked)

    def presigned(self, asked: Asked) -> Reply:
        """The reply to who has an address, not a key."""
        raise NotImplementedError

    def routes(self, method: str, path: list[str], body: dict[str, Any], asked: Asked) -> Reply:
        """The reply to who has the key."""
        raise NotImplementedError

    def orders(self) -> list[str]:
        """The paths of what was ordered, not only looked at."""
        return [asked.path for asked in self.asked if asked.method == "POST" and asked.path != "/sources"]


@dataclass
class FakeHeroku(FakePlatform):
    """With one app, "credit". How a build, a release command and the dynos end can be set; a rollback's go well by default."""

    app_url: str = ""
    build: str = "succeeded"
    release: str = "succeeded"
    dynos: str = "up"
    of_rollback: dict[str, str] = field(default_factory=lambda: {"release": "succeeded", "dynos": "up"})
    log: str = ""
    upload: int = 200
    uploaded: bytes = b""
    releases: list[dict[str, Any]] = field(default_factory=list)
    builds: dict[str, dict[str, Any]] = field(default_factory=dict)
    started: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._add(slug=None, status="succeeded", current=True)  # "Initial release"
        self.started = []

    def deployed_before(self) -> None:
        """It has served already."""
        self._add(slug={"id": "slug-before"}, status="succeeded", current=True)
        self.started = [self._dyno(self.releases[-1], "up")]

    def current(self) -> dict[str, Any]:
        """What serves."""
        [current] = [one for one in self.releases if one["current"]]
        return current

    def presigned(self, asked: Asked) -> Reply:
        if "authorization" in asked.headers:
            return 400, b"<Error><Code>InvalidArgument</Code></Error>"
        if asked.path.startswith("/presigned/log"):
            return 200, self.log.encode()
        if "content-type" in asked.headers:
            return 403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>"
        self.uploaded = asked.body
        return self.upload, b""

    def routes(self, method: str, path: list[str], body: dict[str, Any], asked: Asked) -> Reply:
        if asked.headers["accept"] != "application/vnd.heroku+json; version=3":
            return 406, {"id": "not_acceptable", "message": "no version"}
        match (method, path):
            case "POST", ["sources"]:
                put, get = f"{self.url}/presigned/put?signature=secret", f"{self.url}/presigned/get?signature=secret"
                return 201, {"source_blob": {"put_url": put, "get_url": get}}
            case "GET", ["apps", "credit"]:
                return 200, {"id": "1", "web_url": f"{self.app_url}/"}
            case "GET", ["apps", "credit", *of_app]:
                return self._looked_at(of_app, asked)
            case "POST", ["apps", "credit", "builds"]:
                return 201, self._build(body)
            case "POST", ["apps", "credit", "releases"]:
                return 201, self._add(slug=self._release(body["release"])["slug"], ends=self.of_rollback)
        return 404, {"id": "not_found", "message": "Couldn't find that app."}

    def _looked_at(self, path: list[str], asked: Asked) -> Reply:
        match path:
            case ["releases"]:
                return 206, self.releases[:: -1 if "order=desc" in asked.headers["range"] else 1]
            case ["releases", name]:
                return 200, self._step_of_release(self._release(name))
            case ["builds", name]:
                return 200, self._step_of_build(self.builds[name])
            case ["dynos"]:
                return 200, self._step_of_dynos()
        return 404, {"id": "not_found", "message": "Couldn't find that."}

    def _release(self, name: str) -> dict[str, Any]:
        [release] = [one for one in self.releases if one["id"] == name]
        return release

    def _build(self, body: dict[str, Any]) -> dict[str, Any]:
        log = f"{self.url}/presigned/log?signature=secret"
        build = {"id": "b-1", "status": "pending", "output_stream_url": log, "release": None, **body}
        self.builds[build["id"]] = build
        return build

    def _step_of_build(self, build: dict[str, Any]) -> dict[str, Any]:
        now = dict(build)
        build["status"] = self.build
        if self.build == "succeeded" and build["release"] is None:
            release = self._add(slug={"id": f"slug-of-{build['source_blob']['version']}"})
            build["release"] = {"id": release["id"]}
        return now

    def _add(self, slug: Any, status: str = "pending", current: bool = False, ends: Any = None) -> dict[str, Any]:
        if current:
            self._make_current(None)
        number = len(self.releases) + 40
        log = f"{self.url}/presigned/log?signature=secret"
        release = {"id": f"r-{number}", "version": number, "status": status, "current": current, "slug": slug}
        self.releases.append(
            {**release, "output_stream_url": log, "ends": ends or {"release": self.release, "dynos": self.dynos}}
        )
        return self.releases[-1]

    def _make_current(self, release: dict[str, Any] | None) -> None:
        for one in self.releases:
            one["current"] = one is release

    def _step_of_release(self, release: dict[str, Any]) -> dict[str, Any]:
        now = dict(release)
        if release["status"] == "pending":
            release["status"] = release["ends"]["release"]
            if release["status"] == "succeeded":
                self._make_current(release)
                self.started.append(self._dyno(release, "starting"))  # with preboot the old one stays for a while
        return now

    def _step_of_dynos(self) -> list[dict[str, Any]]:
        now = [dict(dyno) for dyno in self.started]
        current = self.current()
        if any(dyno["release"]["id"] == current["id"] for dyno in self.started):
            self.started = [self._dyno(current, current["ends"]["dynos"])]
        return [*now, {"type": "run", "state": "crashed", "release": {"id": current["id"], "version": 1}}]

    def _dyno(self, release: dict[str, Any], state: str) -> dict[str, Any]:
        return {"type": "web", "state": state, "release": {"id": release["id"], "version": release["version"]}}


STEPS = ["created", "build_in_progress", "pre_deploy_in_progress", "update_in_progress"]


@dataclass
class FakeRender(FakePlatform):
    """With one service, srv-credit. `ends`: how a deploy does, `queues`: whether it is taken with 202 and listed later."""

    app_url: str = ""
    ends: str = "live"
    queues: bool = False
    unknown: str = ""
    deploys: list[dict[str, Any]] = field(default_factory=list)
    queue: list[str] = field(default_factory=list)

    def add(self, commit: str, status: str, ends: str = "live") -> dict[str, Any]:
        """A deploy."""
        deploy = {"id": f"dep-{len(self.deploys)}", "status": status, "commit": {"id": commit}, "ends": ends}
        self.deploys.insert(0, deploy)
        return deploy

    def live(self) -> list[str]:
        """The commits that serve."""
        return [deploy["commit"]["id"] for deploy in self.deploys if deploy["status"] == "live"]

    def routes(self, method: str, path: list[str], body: dict[str, Any], asked: Asked) -> Reply:
        match (method, path):
            case "GET", ["services", "srv-credit"]:
                return 200, {"id": "srv-credit", "serviceDetails": {"url": self.app_url}}
            case "GET", ["services", "srv-credit", "deploys"]:
                now = [{"deploy": dict(deploy), "cursor": "c"} for deploy in self.deploys]
                while self.queue:
                    self.add(self.queue.pop(), "created", self.ends)
                return 200, now
            case "POST", ["services", "srv-credit", "deploys"]:
                return self._order(body["commitId"])
            case "GET", ["services", "srv-credit", "deploys", name]:
                [deploy] = [one for one in self.deploys if one["id"] == name]
                return 200, self._step(deploy)
            case "POST", ["services", "srv-credit", "rollback"]:
                [back] = [one for one in self.deploys if one["id"] == body["deployId"]]
                return 201, self.add(back["commit"]["id"], "created")
        return 404, {"message": "not found"}

    def _order(self, commit: str) -> Reply:
        if commit == self.unknown:
            return 400, {"message": "commit not found"}
        if self.queues:
            self.queue.append(commit)
            return 202, b""
        return 201, self.add(commit, "created", self.ends)

    def _step(self, deploy: dict[str, Any]) -> dict[str, Any]:
        now = dict(deploy)
        if deploy["status"] in STEPS:
            deploy["status"] = [*STEPS, deploy["ends"]][STEPS.index(deploy["status"]) + 1]
        if deploy["status"] == "live":
            for other in self.deploys:
                if other is not deploy and other["status"] == "live":
                    other["status"] = "deactivated"
        return now


@contextmanager
def heroku(app_url: str, before: bool = True, **how: Any) -> Iterator[FakeHeroku]:
    """A Heroku whose app answers at this address, and did so with another release `before`."""
    fake = FakeHeroku(app_url=app_url, **how)
    with answering(fake.answer) as fake.url:
        if before:
            fake.deployed_before()
        yield fake


@contextmanager
def render(app_url: str, before: bool = True, **how: Any) -> Iterator[FakeRender]:
    """A Render whose service answers at this address, and did so with another commit `before`."""
    fake = FakeRender(app_url=app_url, **how)
    with answering(fake.answer) as fake.url:
        if before:
            fake.add("c0ffee", "live")
        yield fake
