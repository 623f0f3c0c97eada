"""Settings come from the environment alone, and a value that means nothing is named."""

import re
from pathlib import Path

import pytest

from scoring.errors import SettingError
from scoring.settings import ROOT, Settings, digest


def test_without_an_environment_every_setting_has_a_default_but_the_keys() -> None:
    settings = Settings.from_env({})
    assert settings == Settings()
    assert settings.api_keys == ()
    assert settings.model_dir == ROOT / "models" / "latest"


def test_settings_follow_the_environment() -> None:
    settings = Settings.from_env(
        {
            "MODEL_DIR": "/m",
            "DECISION_LOG": "/l",
            "MAX_BODY_BYTES": "10",
            "MAX_RECORDS": "2",
            "PORT": "81",
            "MLFLOW_TRACKING_URI": "u",
        }
    )
    assert (settings.model_dir, settings.decision_log) == (Path("/m"), Path("/l"))
    assert (settings.max_body_bytes, settings.max_records, settings.port, settings.tracking_uri) == (10, 2, 81, "u")


def test_several_keys_are_valid_at_once_each_under_its_name() -> None:
    settings = Settings.from_env({"API_KEY": "old, new", "API_KEY_NAMES": "bank,desk"})
    assert [(key.name, key.digest) for key in settings.api_keys] == [("bank", digest(b"old")), ("desk", digest(b"new"))]
    assert [key.name for key in Settings.from_env({"API_KEY": "a,b"}).api_keys] == ["key 1", "key 2"]


def test_a_key_is_not_kept_in_clear() -> None:
    assert "s3cret" not in repr(Settings.from_env({"API_KEY": "s3cret"}))


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"MAX_RECORDS": "many"}, "MAX_RECORDS must be a whole number above 0, not 'many'"),
        ({"PORT": "0"}, "PORT must be a whole number above 0, not '0'"),
        ({"MAX_BODY_BYTES": "-5"}, "MAX_BODY_BYTES"),
        ({"PORT": "٣"}, "PORT"),
        ({"API_KEY": "a,b", "API_KEY_NAMES": "one"}, "API_KEY_NAMES has 1 names for 2 keys"),
    ],
)
def test_a_meaningless_value_is_named(environ: dict[str, str], message: str) -> None:
    with pytest.raises(SettingError, match=re.escape(message)):
        Settings.from_env(environ)
