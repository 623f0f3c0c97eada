"""Settings come from the environment alone, and a value that means nothing is named."""

import re
from pathlib import Path

import pytest

from scoring.errors import SettingError
from scoring.settings import ROOT, RateLimit, Settings, digest


def test_without_an_environment_every_setting_has_a_default_but_the_keys() -> None:
    settings = Settings.from_env({})
    assert settings == Settings()
    assert settings.api_keys == ()
    assert settings.model_dir == ROOT / "models" / "latest"


def test_settings_follow_the_environment() -> None:
    settings = Settings.from_env(
        {
            "MODEL_DIR": "/m",
            "DATABASE_URL": "sqlite:////l.db",
            "SPOOL_DIR": "/s",
            "MAX_BODY_BYTES": "10",
            "MAX_RECORDS": "2",
            "MAX_NESTING": "4",
            "PORT": "81",
            "WEB_CONCURRENCY": "3",
            "MLFLOW_TRACKING_URI": "u",
        }
    )
    assert (settings.model_dir, settings.database_url, settings.spool_dir) == (Path("/m"), "sqlite:////l.db", Path("/s"))
    assert (settings.max_body_bytes, settings.max_records, settings.max_nesting) == (10, 2, 4)
    assert (settings.port, settings.workers, settings.tracking_uri) == (81, 3, "u")


def test_several_keys_are_valid_at_once_each_under_its_name() -> None:
    settings = Settings.from_env({"API_KEY": "old, new", "API_KEY_NAMES": "bank,desk"})
    assert [(key.name, key.digest) for key in settings.api_keys] == [("bank", digest(b"old")), ("desk", digest(b"new"))]


def test_a_key_without_a_name_keeps_its_own_when_another_goes() -> None:
    [first, second] = Settings.from_env({"API_KEY": "a,b"}).api_keys
    assert first.name == f"key {first.digest.hex()[:8]}"
    assert Settings.from_env({"API_KEY": "b"}).api_keys == (second,)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("5", RateLimit(5, 60)),
        ("600/minute", RateLimit(600, 60)),
        ("2 per second", RateLimit(2, 1)),
        ("1/hour", RateLimit(1, 3600)),
        ("9/Day", RateLimit(9, 86400)),
        ("", None),
    ],
)
def test_a_rate_is_so_many_requests_in_a_unit_of_time_a_minute_if_none_is_named(text: str, limit: RateLimit | None) -> None:
    assert Settings.from_env({"RATE_LIMIT": text}).rate_limit == limit


@pytest.mark.parametrize("kind", ["postgres", "postgresql", "postgresql+psycopg"])
def test_the_address_of_a_postgresql_is_taken_as_heroku_writes_it_too(kind: str) -> None:
    settings = Settings.from_env({"DATABASE_URL": f"{kind}://u:pass@host:5432/db?sslmode=require"})
    assert settings.database_url == "postgresql+psycopg://u:pass@host:5432/db?sslmode=require"


def test_a_password_of_the_database_is_not_shown() -> None:
    assert "s3cret" not in repr(Settings.from_env({"DATABASE_URL": "postgres://u:s3cret@host/db"}))


@pytest.mark.parametrize("address", [{}, {"DATABASE_URL": "sqlite:///decisions.db"}])
def test_on_a_dyno_a_log_that_would_be_lost_stops_the_start_unless_that_is_wanted(address: dict[str, str]) -> None:
    with pytest.raises(SettingError, match="a dyno's files are lost"):
        Settings.from_env({"DYNO": "web.1", **address})
    assert Settings.from_env({"DYNO": "web.1", "ALLOW_EPHEMERAL_LOG": "1", **address}).database_url.startswith("sqlite:///")
    assert Settings.from_env({"DYNO": "web.1", "DATABASE_URL": "postgres://host/db"})


def test_a_key_is_not_kept_in_clear() -> None:
    assert "s3cret" not in repr(Settings.from_env({"API_KEY": "s3cret"}))


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"MAX_RECORDS": "many"}, "MAX_RECORDS must be a whole number above 0, not 'many'"),
        ({"MAX_RECORDS": "9" * 5000}, "MAX_RECORDS"),
        ({"PORT": "0"}, "PORT must be a whole number from 1 to 65535, not '0'"),
        ({"PORT": "65536"}, "PORT must be a whole number from 1 to 65535, not '65536'"),
        ({"WEB_CONCURRENCY": "many"}, "WEB_CONCURRENCY must be a whole number from 1 to 64, not 'many'"),
        ({"DYNO": "web.1", "ALLOW_EPHEMERAL_LOG": "yes"}, "ALLOW_EPHEMERAL_LOG must be 1 or 0, not 'yes'"),
        ({"MAX_BODY_BYTES": "-5"}, "MAX_BODY_BYTES"),
        ({"PORT": "٣"}, "PORT"),
        ({"DATABASE_URL": "mysql://u:p@host/db"}, "DATABASE_URL must begin with sqlite://, postgresql://"),
        ({"DATABASE_URL": "decisions.db"}, "DATABASE_URL must begin with"),
        ({"API_KEY": "a,b", "API_KEY_NAMES": "one"}, "API_KEY_NAMES has 1 names for 2 keys"),
        ({"API_KEY": "a,b", "API_KEY_NAMES": "one,one"}, "API_KEY_NAMES names two keys alike"),
        ({"API_KEY": "a,b,a"}, "API_KEY holds the same key twice"),
        ({"RATE_LIMIT": "often"}, "RATE_LIMIT must be like 600/minute (or second, hour, day), not 'often'"),
        ({"RATE_LIMIT": "0/minute"}, "RATE_LIMIT"),
        ({"RATE_LIMIT": "-1"}, "RATE_LIMIT"),
    ],
)
def test_a_meaningless_value_is_named(environ: dict[str, str], message: str) -> None:
    with pytest.raises(SettingError, match=re.escape(message)):
        Settings.from_env(environ)
