"""An app on Heroku: deployed by a source that is uploaded and built, rolled back to an earlier release.

devcenter.heroku.com/articles/platform-api-reference (build, source, release, dyno),
devcenter.heroku.com/articles/build-and-release-using-the-api, devcenter.heroku.com/articles/release-phase.
"""

import re
from collections.abc import Callable
from typing import TypeVar

import msgspec

from jobs.deploying.asking import NoAnswer, send
from jobs.deploying.commit import Commit
from jobs.deploying.platform_api import Api, Pace
from jobs.deploying.platforms import Away, Failed, NotUp, PlatformError, Release, Say
from scoring.errors import SettingError

ADDRESS = "https://api.heroku.com"
KEY = "HEROKU_API_KEY"
ACCEPT = "application/vnd.heroku+json; version=3"
NEWEST = "version ..; order=desc, max=200"  # those that failed stand in the list, too
UPLOAD = 300.0  # seconds
LOG_LINES = 30


class _App(msgspec.Struct):
    web_url: str | None = None


class _Id(msgspec.Struct):
    id: str


class _Release(msgspec.Struct):
    id: str
    version: int
    status: str
    current: bool = False
    slug: _Id | None = None  # Cedar
    oci_image: _Id | None = None  # Fir
    output_stream_url: str | None = None


class _Addresses(msgspec.Struct):
    get_url: str
    put_url: str


class _Source(msgspec.Struct):
    source_blob: _Addresses


class _Build(msgspec.Struct):
    id: str
    status: str
    output_stream_url: str | None = None
    release: _Id | None = None


class _Dyno(msgspec.Struct):
    type: str
    state: str
    release: _Id


_Made = TypeVar("_Made", _Build, _Release)


class Heroku:
    """An app of this name there; `say` is told what changes meanwhile, and the end of a log where something fails."""

    name = "Heroku"

    def __init__(self, app: str, key: str, pace: Pace, say: Say, base: str = ADDRESS) -> None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,35}", app):
            raise SettingError(f"{app!r} is not the name of an app on Heroku: letters, digits and dashes")
        self._app, self._path, self._pace, self._say = app, f"/apps/{app}", pace, say
        self._api = Api(base, key, KEY, ACCEPT, pace)

    def url(self) -> str:
        if not (url := self._api.surely(self._path, _App).web_url):
            raise PlatformError(f"{self._app} has no address on the web")
        return url

    def serving(self) -> Release | None:
        """The current release, if it holds code: an app begins with one that doesn't."""
        releases = self._api.surely(f"{self._path}/releases", list[_Release], Range=NEWEST)
        with_code = [one for one in releases if one.current and (one.slug or one.oci_image)]
        return Release(with_code[0].id, f"v{with_code[0].version}") if with_code else None

    def prepare(self, commit: Commit) -> Callable[[], str]:
        archive = commit.archive()
        blob = self._api.repeated(lambda: self._api.post("/sources", {}, _Source), "POST /sources").source_blob
        self._api.repeated(lambda: _upload(blob.put_url, archive), "the upload of the source")
        self._say(f"uploaded {len(archive):,} bytes of {commit}")
        order = {"source_blob": {"url": blob.get_url, "version": commit.id}}
        return lambda: self._api.post(f"{self._path}/builds", order, _Build).id

    def finish(self, started: str) -> None:
        path = f"{self._path}/builds/{started}"
        build = self._pace.until(lambda: self._ended(self._api.get(path, _Build), "the build"), "the build", self._pace.limit)
        if build.release is None:
            raise PlatformError("the build succeeded and made no release")
        self._run(build.release.id)

    def roll_back(self, release: Release) -> None:
        order = {"release": release.id}
        # Given again where the API is away: twice the same release is no harm, once a wrong one is.
        made = self._api.repeated(lambda: self._api.post(f"{self._path}/releases", order, _Id), "the order to roll back")
        self._run(made.id)

    def by_hand(self, release: Release) -> str:
        return f"heroku releases:rollback {release.name} --app {self._app}"

    def _run(self, release: str) -> None:
        """Wait for the release command, then for the dynos."""
        path, what = f"{self._path}/releases/{release}", "the release command"
        made = self._pace.until(lambda: self._ended(self._api.get(path, _Release), what), what, self._pace.limit)
        self._say(f"v{made.version} is the current release")
        try:
            self._pace.until(lambda: self._up(release), f"the start of v{made.version}'s web dynos", self._pace.start)
        except NotUp:
            raise
        except PlatformError as error:
            raise NotUp(error.message) from None

    def _ended(self, now: _Made, what: str) -> _Made | None:
        """It, once it succeeded; raises Failed where it didn't."""
        self._say(f"{what}: {now.status}")
        if now.status in ("failed", "expired"):
            self._tell_log(now.output_stream_url)
            raise Failed(f"{what} failed")
        return now if now.status == "succeeded" else None

    def _up(self, release: str) -> bool | None:
        dynos = [dyno for dyno in self._api.get(f"{self._path}/dynos", list[_Dyno]) if dyno.type == "web"]
        ours = sorted(dyno.state for dyno in dynos if dyno.release.id == release)
        self._say(f"web dynos of it: {', '.join(ours) or 'none'}")
        if "crashed" in ours:
            raise NotUp("a web dyno crashed")
        return True if ours and len(ours) == len(dynos) and set(ours) == {"up"} else None

    def _tell_log(self, url: str | None) -> None:
        try:
            content = send("GET", url).content if url else b""
        except NoAnswer as error:
            content = error.message.encode()
        for line in content.decode(errors="replace").splitlines()[-LOG_LINES:]:
            self._say(f"  | {line}")


def _upload(url: str, archive: bytes) -> bool:
    """To a presigned address: it takes no key, and a content type that it wasn't signed with is refused."""
    try:
        status = send("PUT", url, archive, seconds=UPLOAD).status
    except NoAnswer as error:
        raise Away(error.message) from None
    if not 200 <= status < 300:
        raise (Away if status >= 500 else PlatformError)(f"the upload of the source is answered {status}")
    return True
