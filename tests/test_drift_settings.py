"""drift.toml and what stands over it: every entry checked, every mistake one line that names it."""

import tomllib
from pathlib import Path

import pytest

from scoring.drift.settings import DEFAULT, Rule, Settings, read_settings
from scoring.errors import SettingError
from scoring.fields import ID


def over(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "own.toml"
    path.write_text(text)
    return read_settings(path)


def test_the_defaults_are_whole_and_written_out() -> None:
    settings = read_settings()
    assert set(tomllib.loads(DEFAULT.read_text())) == set(Settings.__struct_fields__)  # none hides in the code
    assert settings.rule == Rule("distance", 0.05)
    assert settings.rule_of("AMT_CREDIT") is settings.rule
    assert settings.rule_of("HOUR_APPR_PROCESS_START") == Rule("distance", 0.10)
    assert ID in settings.left_out  # nobody's number is compared


def test_a_file_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    default = read_settings()
    own = over(tmp_path, "sample = 500\n[alarm]\nimportance = 0.2\n[left_out]\nAMT_CREDIT = 'we raised it'\n")
    assert (own.sample, own.alarm.importance) == (500, 0.2)
    assert (own.seed, own.chance, own.rule, own.fields) == (default.seed, default.chance, default.rule, default.fields)
    assert own.alarm.score_psi == default.alarm.score_psi
    assert own.left_out == {**default.left_out, "AMT_CREDIT": "we raised it"}
    assert over(tmp_path, "") == default


def test_a_rule_for_a_field_inherits_what_it_leaves_out(tmp_path: Path) -> None:
    fields = "AMT_CREDIT = {limit = 0.2}\nAMT_ANNUITY = {}\nEXT_SOURCE_1 = {test = 'psi', limit = 0.25}"
    own = over(tmp_path, f"[rule]\nlimit = 0.03\n[fields]\n{fields}")
    assert own.rule_of("AMT_CREDIT") == Rule("distance", 0.2)
    assert own.rule_of("AMT_ANNUITY") == own.rule_of("DAYS_BIRTH") == Rule("distance", 0.03)
    assert own.rule_of("EXT_SOURCE_1") == Rule("psi", 0.25)
    assert own.rule_of("HOUR_APPR_PROCESS_START") == Rule("distance", 0.10)
    assert over(tmp_path, "[rule]\ntest = 'psi'\nlimit = 0.25").rule_of("HOUR_APPR_PROCESS_START") == Rule("distance", 0.10)


MISTAKES = {
    "sample = ": "is not TOML: ",
    "sample = 2.5": "Expected `int`, got `float` - at `sample`",
    "sample = 0": "Expected `int` >= 1 - at `sample`",
    "sample = true": "Expected `int`, got `bool` - at `sample`",
    "seed = -1": "Expected `int` >= 0 - at `seed`",
    "chance = 1": "Expected `float` < 1.0 - at `chance`",
    "chance = 0": "Expected `float` > 0.0 - at `chance`",
    "chance = nan": "- at `chance`",
    "sampel = 5": "unknown field `sampel`",
    "rule = 0.1": "Expected `object`, got `float` - at `rule`",
    "fields = 1": "Expected `object`, got `int` - at `fields`",
    "[fields.AMT_CREDIT]\ntest = 'psi'": "another test needs a limit of its own - at `fields.AMT_CREDIT.limit`",
    "[rule]\ntest = 'ks'": "Invalid enum value 'ks' - at `rule.test`",
    "[rule]\nlimit = -0.1": "- at `rule.limit`",
    "[rule]\nlimit = 1": "the limit of a distance, a share of clients, is below 1 and not 1 - at `rule`",
    "[rule]\nlimit = inf": "- at `rule.limit`",
    "[alarm]\nimportance = '5%'": "Expected `float`, got `str` - at `alarm.importance`",
    "[alarm]\nscore_psi = nan": "- at `alarm.score_psi`",
    "[fields.AMT_CREDIT]\nlimit = 0": "- at `fields.AMT_CREDIT.limit`",
    "[fields.AMT_CREDIT]\nlimit = 2": "a share of clients, is below 1 and not 2 - at `fields.AMT_CREDIT`",
    "[fields.AMT_CREDIT]\nlimits = 0.1": "unknown field `limits` - at `fields.AMT_CREDIT`",
    "[fields]\nAMT_CREDIT = 0.1": "- at `fields.AMT_CREDIT`",
    "[fields.AMT_CREDITS]\nlimit = 0.1": "- at `fields.AMT_CREDITS`",
    "[left_out]\nAMT_CREDITS = 'a slip'": "- at `left_out.AMT_CREDITS`",
    "[left_out]\nAMT_CREDIT = true": "Expected `str`, got `bool` - at `left_out.AMT_CREDIT`",
    "sample = 99": "`sample` 99 is below `least_clients` 100",
}


@pytest.mark.parametrize(("text", "words"), MISTAKES.items())
def test_a_mistake_is_one_line_that_names_file_and_entry(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(SettingError) as told:
        over(tmp_path, text)
    assert told.value.message.startswith(f"{tmp_path / 'own.toml'}")
    assert words in told.value.message
    assert "\n" not in told.value.message


def test_a_file_that_is_not_there_or_none_at_all_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"own\.toml can't be read: No such file or directory$"):
        read_settings(tmp_path / "own.toml")
    with pytest.raises(SettingError, match=r"can't be read: Is a directory$"):
        read_settings(tmp_path)
    (tmp_path / "own.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingError, match=r"own\.toml is not TOML: "):
        read_settings(tmp_path / "own.toml")
