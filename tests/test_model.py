"""The Scorer: what it refuses to load, and what it makes of validated records."""

import hashlib
import json
import pickle
import shutil
from pathlib import Path
from typing import Any

import pytest
from numpy.testing import assert_array_equal

from custom_threshold_model import CustomThresholdModel
from model import Scorer
from scoring.errors import ModelError
from scoring.schema import Record, columns, parse
from tests.conftest import LATEST, demo_clients


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """A copy of the release that a test may spoil."""
    return Path(shutil.copytree(LATEST, tmp_path / "release"))


def rewrite(release: Path, **changes: Any) -> None:
    path = release / "model.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def records(*clients: dict[str, Any]) -> tuple[Record, ...]:
    return parse(json.dumps(clients).encode(), 1000, 9).records


def test_the_release_loads_and_says_which_it_is(release: Path) -> None:
    scorer = Scorer.load(release)
    digest = hashlib.sha256((release / "model.pkl").read_bytes()).hexdigest()
    assert scorer.model_version.split("-")[1] == digest[:8]
    assert 0 < scorer.threshold < 1


def test_a_pickle_with_another_sha256_is_not_opened(release: Path) -> None:
    marker = release / "opened"
    (release / "model.pkl").write_bytes(pickle.dumps(Trap(str(marker))))
    with pytest.raises(ModelError, match=r"model\.pkl has sha256 .*, model\.json says"):
        Scorer.load(release)
    assert not marker.exists()


class Trap:
    """Opened, its pickle leaves a file behind."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path(self.path),)


def test_a_truncated_pickle_is_not_opened(release: Path) -> None:
    path = release / "model.pkl"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ModelError, match="sha256"):
        Scorer.load(release)


@pytest.mark.parametrize("name", ["model.pkl", "model.json"])
def test_a_missing_file_is_named_with_what_to_do(release: Path, name: str) -> None:
    (release / name).unlink()
    with pytest.raises(ModelError, match=rf"{name} can't be read \(No such file or directory\): run `make release`"):
        Scorer.load(release)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"sha256": 1}', '{"model_version": "1"}', "\x00"])
def test_a_model_json_that_is_none_is_named(release: Path, text: str) -> None:
    (release / "model.json").write_text(text)
    with pytest.raises(ModelError, match=r"is not a model\.json"):
        Scorer.load(release)


def test_a_golden_record_that_scores_otherwise_stops_the_load(release: Path) -> None:
    golden = json.loads((release / "model.json").read_text())["golden"]
    golden[-1]["raw"] += 1e-15
    rewrite(release, golden=golden)
    with pytest.raises(ModelError, match=rf"golden record {len(golden)} of .* scores .* here, .* at release"):
        Scorer.load(release)


def test_a_release_without_golden_records_is_refused(release: Path) -> None:
    rewrite(release, golden=[])
    with pytest.raises(ModelError, match="no golden record"):
        Scorer.load(release)


def test_a_threshold_that_is_not_the_models_is_refused(release: Path) -> None:
    rewrite(release, threshold=0.5)
    with pytest.raises(ModelError, match="disagree"):
        Scorer.load(release)


def test_a_pickle_of_something_else_is_refused(release: Path) -> None:
    pickled = pickle.dumps({"not": "a model"})
    (release / "model.pkl").write_bytes(pickled)
    rewrite(release, sha256=hashlib.sha256(pickled).hexdigest())
    with pytest.raises(ModelError, match="holds a dict, not a CustomThresholdModel"):
        Scorer.load(release)


@pytest.mark.parametrize(
    "pickled",
    [b"not a pickle", b"cno_such_module\nThing\n.", pickle.dumps(CustomThresholdModel())],
    ids=["no pickle", "a module that isn't there", "a model that was never fitted"],
)
def test_a_model_that_cannot_work_is_one_line_too(release: Path, pickled: bytes) -> None:
    (release / "model.pkl").write_bytes(pickled)
    rewrite(release, sha256=hashlib.sha256(pickled).hexdigest())
    with pytest.raises(ModelError, match="does not hold a model that works"):
        Scorer.load(release)


def test_a_golden_record_that_cannot_be_scored_is_one_line_too(release: Path) -> None:
    golden = json.loads((release / "model.json").read_text())["golden"]
    golden[0]["record"]["AMT_CREDIT"] = "a lot"
    rewrite(release, golden=golden)
    with pytest.raises(ModelError, match="does not hold a model that works"):
        Scorer.load(release)


def test_a_library_that_is_gone_warns(release: Path) -> None:
    versions = json.loads((release / "model.json").read_text())["versions"]
    rewrite(release, versions={**versions, "no-such-library": "1.0"})
    with pytest.warns(RuntimeWarning, match=r"no-such-library 1\.0; this is not installed"):
        Scorer.load(release)


def test_another_library_version_than_at_release_warns(release: Path) -> None:
    versions = json.loads((release / "model.json").read_text())["versions"]
    rewrite(release, versions={**versions, "lightgbm": "3.0.0"})
    with pytest.warns(RuntimeWarning, match=r"released with lightgbm 3\.0\.0"):
        Scorer.load(release)


def test_decisions_come_in_order_with_the_bits_that_the_batch_gets(scorer: Scorer) -> None:
    asked = records(*demo_clients())
    decisions = scorer.decide(asked)
    scores = scorer.score(columns(asked))
    assert [decision.client for decision in decisions] == [client["SK_ID_CURR"] for client in demo_clients()]
    assert_array_equal([decision.raw for decision in decisions], scores.raw)
    assert_array_equal([decision.probability for decision in decisions], scores.probability)
    assert [decision.word for decision in decisions] == ["refused" if one else "granted" for one in scores.refused]


def test_one_record_alone_gets_the_bits_that_it_gets_in_a_batch(scorer: Scorer) -> None:
    asked = records(*demo_clients()[:20])
    together = [decision.probability for decision in scorer.decide(asked)]
    assert [scorer.decide([record])[0].probability for record in asked] == together


def test_sex_and_family_status_change_no_bit_of_the_probability(scorer: Scorer) -> None:
    for client in demo_clients()[:20]:
        variants = [
            {**client, "SK_ID_CURR": number, "CODE_GENDER": sex, "NAME_FAMILY_STATUS": status}
            for number, (sex, status) in enumerate(
                (sex, status) for sex in ("F", "M", "XNA", 0, 1, None) for status in ("Married", "Widow", "Unknown", None)
            )
        ]
        assert len({decision.raw for decision in scorer.decide(records(*variants))}) == 1


def test_what_is_unknown_out_of_range_or_unseen_is_said(scorer: Scorer) -> None:
    (decision,) = scorer.decide(records({"AMT_CREDIT": 1e12, "EXT_SOURCE_2": 0.5, "NAME_INCOME_TYPE": "Maternity leave"}))
    assert decision.understood.out_of_range == ("AMT_CREDIT",)
    assert decision.understood.unseen == ("NAME_INCOME_TYPE",)
    assert "AMT_ANNUITY" in decision.understood.missing
    assert "AMT_CREDIT" not in decision.understood.missing
    assert [words.split()[0] for words in decision.understood.warnings] == ["AMT_CREDIT", "NAME_INCOME_TYPE"]


def test_no_employer_is_within_what_training_saw(scorer: Scorer) -> None:
    (understood,) = scorer.understand(records({"DAYS_EMPLOYED": 365243, "AMT_CREDIT": 500_000}))
    assert understood.warnings == ()


def test_an_unseen_label_scores_as_an_unknown_one(scorer: Scorer) -> None:
    unseen, unknown = scorer.decide(records({"AMT_CREDIT": 1e5, "NAME_INCOME_TYPE": "Maternity leave"}, {"AMT_CREDIT": 1e5}))
    assert unseen.raw == unknown.raw


def test_numbers_for_yes_and_no_score_as_the_labels(scorer: Scorer) -> None:
    sent = ({"FLAG_OWN_CAR": 1, "FLAG_OWN_REALTY": 0}, {"FLAG_OWN_CAR": "Y", "FLAG_OWN_REALTY": "N"})
    numbers, labels = scorer.decide(records(*({"AMT_CREDIT": 1e5, **one} for one in sent)))
    assert numbers.raw == labels.raw
