"""The service's settings, read from the environment once and passed on as one frozen value."""

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scoring.errors import SettingError

ROOT = Path(__file__).resolve().parent.parent
LATEST = ROOT / "models" / "latest"
"""The release that serves, where nothing else is said."""

_DATABASES = {
    "sqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}

_RATE = re.compile(r"([1-9]\d{0,8})(?: ?(?:/|per) ?(second|minute|hour|day))?")
_LONGEST = 19  # digits: what a machine's whole number holds
_SECONDS = {"second": 1, "minute": 60, None: 60, "hour": 3600, "day": 86400}


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How many requests a key may make in so many seconds."""

    requests: int
    seconds: int


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key's name, for the log, and its sha256; the key itself is not kept."""

    name: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment may set; every value has a default but the API keys, which a server can't do without."""

    api_keys: tuple[ApiKey, ...] = ()
    model_dir: Path = LATEST
    database_url: str = field(default=f"sqlite:///{ROOT / 'var' / 'decisions.db'}", repr=False)  # it may hold a password
    spool_dir: Path = ROOT / "var" / "spool"
    max_body_bytes: int = 5_000_000
    max_records: int = 1_000
    max_nesting: int = 32
    rate_limit: RateLimit | None = None
    port: int = 8000
    workers: int = 2
    tracking_uri: str = f"sqlite:///{ROOT / 'mlflow.db'}"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Settings":
        """The settings that `environ` gives; raises SettingError naming the variable whose value means nothing."""
        default = cls()
        return cls(
            api_keys=_api_keys(environ),
            model_dir=Path(environ.get("MODEL_DIR") or default.model_dir),
            database_url=_database_url(environ, default.database_url),
            spool_dir=Path(environ.get("SPOOL_DIR") or default.spool_dir),
            max_body_bytes=_whole(environ, "MAX_BODY_BYTES", default.max_body_bytes),
            max_records=_whole(environ, "MAX_RECORDS", default.max_records),
            max_nesting=_whole(environ, "MAX_NESTING", default.max_nesting),
            rate_limit=_rate_limit(environ),
            port=_whole(environ, "PORT", default.port, most=65535),
            workers=_whole(environ, "WEB_CONCURRENCY", default.workers, most=64),
            tracking_uri=environ.get("MLFLOW_TRACKING_URI") or default.tracking_uri,
        )


def _database_url(environ: Mapping[str, str], default: str) -> str:
    """The address of the decision log, as SQLAlchemy wants it; Heroku says postgres:// for PostgreSQL."""
    url = environ.get("DATABASE_URL", "").strip() or default
    kind, separator, rest = url.partition("://")
    if not separator or kind not in _DATABASES:
        raise SettingError(f"DATABASE_URL must begin with {', '.join(f'{name}://' for name in _DATABASES)}")
    if environ.get("DYNO") and kind == "sqlite" and not _yes(environ, "ALLOW_EPHEMERAL_LOG"):
        raise SettingError(
            "a dyno's files are lost when it restarts, the decision log with them: "
            "add a database (heroku addons:create heroku-postgresql), or set ALLOW_EPHEMERAL_LOG=1 to lose decisions knowingly"
        )
    return f"{_DATABASES[kind]}://{rest}"


def digest(key: bytes) -> bytes:
    """What is kept of an API key, and what a caller's key is compared by."""
    return hashlib.sha256(key).digest()


def _api_keys(environ: Mapping[str, str]) -> tuple[ApiKey, ...]:
    digests = [digest(os.fsencode(key)) for key in _items(environ.get("API_KEY", ""))]
    if len(set(digests)) != len(digests):
        raise SettingError("API_KEY holds the same key twice")
    # Not by their place: who takes an old key out would rename the others, and with them whose Idempotency-Keys are whose.
    names = _items(environ.get("API_KEY_NAMES", "")) or [f"key {one.hex()[:8]}" for one in digests]
    if len(names) != len(digests):
        raise SettingError(f"API_KEY_NAMES has {len(names)} names for {len(digests)} keys in API_KEY; give one name a key")
    if len(set(names)) != len(names):
        raise SettingError("API_KEY_NAMES names two keys alike; nobody could tell them apart in the log")
    return tuple(ApiKey(name, one) for name, one in zip(names, digests, strict=True))


def _rate_limit(environ: Mapping[str, str]) -> RateLimit | None:
    text = environ.get("RATE_LIMIT", "").strip().lower()
    if not text:
        return None
    if not (parts := _RATE.fullmatch(text)):
        raise SettingError(f"RATE_LIMIT must be like 600/minute (or second, hour, day), not {text[:40]!r}")
    return RateLimit(int(parts[1]), _SECONDS[parts[2]])


def first_key(environ: Mapping[str, str]) -> str:
    """The first of API_KEY's keys, for who asks rather than answers; empty where there is none."""
    return next(iter(_items(environ.get("API_KEY", ""))), "")


def _items(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


def _whole(environ: Mapping[str, str], name: str, default: int, most: int | None = None) -> int:
    text = environ.get(name, "").strip()
    if not text:
        return default
    number = int(text) if text.isascii() and text.isdigit() and len(text) < _LONGEST else 0
    if number < 1 or (most and number > most):
        wanted = f"from 1 to {most}" if most else "above 0"
        raise SettingError(f"{name} must be a whole number {wanted}, not {text[:40]!r}")
    return number


def _yes(environ: Mapping[str, str], name: str) -> bool:
    text = environ.get(name, "").strip()
    if text not in ("", "0", "1"):
        raise SettingError(f"{name} must be 1 or 0, not {text[:40]!r}")
    return text == "1"
