"""The gate: what is released over the champion, what isn't, and what the registry and model.json say of it."""

import json
import math
import shutil
from pathlib import Path

import pytest

from jobs import release as release_job
from scoring.errors import TrainingError
from scoring.releasing.acceptance import Acceptance
from scoring.releasing.gate import Measured, compared
from scoring.releasing.links import serving
from scoring.releasing.registry import Registry, shortened
from scoring.releasing.release import release
from scoring.training.splits import in_report_split, report_fingerprint
from tests import releases
from tests.releases import ELSEWHERE, HERE, Project, stored_runs


@pytest.fixture
def project(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Project:
    return Project(stored_runs(tmp_path_factory.getbasetemp(), tmp_path), tmp_path)


def test_the_first_release_meets_no_gate(project: Project) -> None:
    released = project.release("worse")
    assert project.serves() == "worse"
    assert project.aliases() == {"champion": "worse"}
    assert project.described()["gate"] == released.told["gate"]
    assert released.told["gate"] == {
        "champion": None,
        "champion_report_cost": None,
        "report_cost": 0.60,
        "same_report_split": None,
        "forced": None,
    }


def test_a_model_that_costs_less_than_the_champion_takes_its_place(project: Project) -> None:
    before = project.release("plain").model_version
    project.release("better", force="a reason that nothing asked for")
    assert project.serves() == "better"
    assert project.aliases() == {"champion": "better"}
    assert project.described()["gate"] == {
        "champion": before,
        "champion_report_cost": 0.50,
        "report_cost": 0.45,
        "same_report_split": True,
        "forced": None,
    }


def test_a_model_that_costs_more_is_refused_and_registered_as_challenger(project: Project) -> None:
    champion = project.release("plain").model_version
    with pytest.raises(TrainingError) as raised:
        project.release("worse")
    assert raised.value.message == (
        f"run {project.runs['worse']} is not released, but registered as version 2, challenger: it costs 0.600000 per client of "
        f'the report split, the champion, {champion}, 0.500000; --force "reason" releases it all the same'
    )
    assert project.serves() == "plain"
    assert project.aliases() == {"champion": "plain", "challenger": "worse"}


def test_a_model_that_costs_more_is_released_for_a_reason_that_stays(project: Project) -> None:
    project.release("plain")
    with pytest.raises(TrainingError):
        project.release("worse")
    project.release("worse", force=" une raison à elle seule ")
    assert project.serves() == "worse"
    assert project.aliases() == {"champion": "worse"}  # the challenger that became champion is no challenger
    assert project.described()["gate"]["forced"] == "une raison à elle seule"
    assert project.described()["gate"]["report_cost"] == 0.60


@pytest.mark.parametrize(
    ("candidate", "said"),
    [("elsewhere", "it was measured on another report split than"), ("untold", "nothing says that its report split is that of")],
)
def test_a_model_measured_on_other_clients_needs_a_reason_however_little_it_costs(
    candidate: str, said: str, project: Project
) -> None:
    project.release("plain")
    with pytest.raises(TrainingError, match=f"{said} the champion") as raised:
        project.release(candidate)
    assert "\n" not in raised.value.message
    assert project.serves() == "plain"
    assert project.aliases() == {"champion": "plain", "challenger": candidate}
    project.release(candidate, force="new clients")
    assert project.serves() == candidate
    assert project.described()["gate"]["same_report_split"] is False
    assert project.described()["gate"]["forced"] == "new clients"


def test_a_champion_of_before_report_fingerprints_needs_a_reason_to_go(project: Project) -> None:
    project.release("untold")
    with pytest.raises(TrainingError, match="nothing says that its report split is that of the champion"):
        project.release("better")
    project.release("better", force="the first with a fingerprint")
    assert project.serves() == "better"


def test_a_champion_that_no_store_knows_is_read_from_its_folder(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    project.release("plain")
    other = Project(stored_runs(tmp_path_factory.getbasetemp(), tmp_path_factory.mktemp("other")), project.root)
    assert other.aliases() == {}
    with pytest.raises(TrainingError, match="is not released, but registered as version 1, challenger"):
        other.release("worse")
    assert other.aliases() == {"challenger": "worse"}
    assert other.release("better").told == project.release("better").told


def test_a_champion_without_a_folder_is_read_from_the_store(project: Project) -> None:
    project.release("plain")
    shutil.rmtree(project.root / "models")
    with pytest.raises(TrainingError, match=r"the champion, version 1, 0\.500000"):
        project.release("worse")
    assert project.release("better").told["gate"] == {
        "champion": "version 1",
        "champion_report_cost": 0.50,
        "report_cost": 0.45,
        "same_report_split": True,
        "forced": None,
    }


def test_what_serves_is_the_champion_whatever_an_alias_that_a_kill_left_says(project: Project) -> None:
    project.release("plain")
    with pytest.raises(TrainingError):
        project.release("worse")
    Registry(project.store).promote(2)  # as a rollback leaves it that is killed when its folder has moved
    assert project.aliases() == {"champion": "worse"}
    with pytest.raises(TrainingError, match=r"it costs 0\.6"):
        project.release("worse")
    assert project.aliases() == {"champion": "plain", "challenger": "worse"}


def test_the_champion_s_own_run_is_released_again_without_a_gate_and_changes_nothing(project: Project) -> None:
    project.release("plain")
    released = project.release("worse", force="its reason")
    assert project.release("worse") == released
    assert project.release("worse", force="another reason") == released
    assert project.described()["gate"]["forced"] == "its reason"
    assert len(list((project.root / "models" / "releases").glob("[0-9]*"))) == 2


def test_a_damaged_champion_is_put_right_by_its_own_run_and_replaced_only_for_a_reason(project: Project) -> None:
    folder = project.release("plain").folder
    (folder / "model.json").write_text("{")
    project.release("plain")
    assert project.serves() == "plain"
    (serving(project.root) or folder).joinpath("model.json").write_text("[]")
    project.store.client.delete_registered_model_alias("credit", "champion")
    with pytest.raises(TrainingError, match="nothing says that its report split is that of the champion, 1-"):
        project.release("better")
    project.release("better", force="the champion's folder is damaged")
    assert project.serves() == "better"


def test_no_version_has_both_aliases(project: Project) -> None:
    registry = Registry(project.store)
    number = registry.register(project.runs["plain"])
    registry.promote(number)
    registry.challenge(number)
    assert project.aliases() == {"challenger": "plain"}
    registry.promote(number)
    assert project.aliases() == {"champion": "plain"}


CHAMPION = Measured("3-c", "champion's run", 0.5, HERE, (10.0, 1.0))


@pytest.mark.parametrize(
    ("candidate", "objection"),
    [
        (Measured("run", "r", 0.5, HERE, (10.0, 1.0)), None),  # as much is no more
        (Measured("run", "r", 0.5000001, HERE, (10.0, 1.0)), "it costs 0.500000 per client"),
        (Measured("run", "r", 0.4, HERE, (5.0, 1.0)), "it was measured with other costs of an error"),
        (Measured("run", "r", None, HERE, (10.0, 1.0)), "its report cost or that of the champion, 3-c, isn't known"),
        (Measured("run", "r", 0.4, ELSEWHERE, (10.0, 1.0)), "another report split than the champion, 3-c"),
    ],
)
def test_every_objection_says_what_it_is_about(candidate: Measured, objection: str | None) -> None:
    gate, found = compared(candidate, CHAMPION, None)
    assert (found is None) if objection is None else (objection in str(found))
    assert gate["forced"] is None
    gate, found = compared(candidate, CHAMPION, "a reason")
    assert found is None
    assert gate["forced"] == ("a reason" if objection else None)


@pytest.mark.parametrize("nothing", [math.nan, math.inf, -math.inf])
def test_a_cost_that_is_no_number_is_one_that_nobody_knows(nothing: float) -> None:
    broken = Measured("4-b", "broken run", nothing, HERE, (10.0, 1.0))
    for candidate, champion in ((broken, CHAMPION), (CHAMPION, broken), (broken, broken)):
        assert compared(candidate, champion, None)[1] == (
            f"its report cost or that of the champion, {champion.name}, isn't known"
        )
    gate, objection = compared(broken, broken, "a reason")
    assert objection is None
    assert (gate["report_cost"], gate["champion_report_cost"], gate["forced"]) == (None, None, "a reason")
    assert json.dumps(gate, allow_nan=False)  # model.json knows no NaN


def test_the_report_fingerprint_is_of_the_report_split_s_clients_and_outcomes_alone() -> None:
    ids, y = [100001, 100002, 100003, 100004, 100005, 100006], [0, 1, 1, 0, 0, 1]  # the odd ones are in the report split
    assert in_report_split(ids).tolist() == [True, False, True, False, True, False]
    found = report_fingerprint(ids, y)
    assert found == report_fingerprint(ids[::-1], y[::-1]) == report_fingerprint(ids[::2], y[::2])
    assert found == report_fingerprint(ids, [0, 0, 1, 1, 0, 0])
    assert found != report_fingerprint(ids, [1, 1, 1, 0, 0, 1])
    assert found != report_fingerprint([100001, 100002, 100003, 100004, 100007, 100006], y)
    assert found != report_fingerprint(ids[:4], y[:4])
    assert len(found) == 64


def job(project: Project, *arguments: str) -> int:
    return release_job.main(["--root", str(project.root), "--tracking-uri", project.store.uri, *arguments])


def test_the_command_releases_a_run_and_tells_what_the_gate_found(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert job(project, "--run", project.runs["plain"]) == 0
    assert "report split: cost per client 0.5000\n" in capsys.readouterr().out
    assert job(project, "--run", project.runs["worse"]) == 2
    refused = capsys.readouterr()
    assert refused.out == ""
    assert refused.err.startswith(
        f"error: run {project.runs['worse']} is not released, but registered as version 2, challenger: "
    )
    assert refused.err.count("\n") == 1
    assert job(project, "--run", project.runs["worse"], "--force", "the regulator asks") == 0
    said = capsys.readouterr().out
    assert said.startswith("released 2-")
    assert "cost per client 0.6000 (champion before, 1-" in said
    assert "; forced: the regulator asks\n" in said


def test_the_command_takes_a_run_or_a_training_and_a_reason_that_is_one(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert job(project, "--run", "x", "--training", "y") == 2
    assert "argument --training: not allowed with argument --run" in capsys.readouterr().err
    assert job(project, "--run", project.runs["plain"], "--force", "") == 2
    assert capsys.readouterr().err == "error: --force '': give the reason, one line of 1 to 500 characters\n"
    assert not (project.root / "models").exists()


def test_a_run_that_is_no_release_is_named_in_one_line(project: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    with project.store.run("other", {"candidate": "other", "model_class": "Pipeline"}):
        pass
    with project.store.run("bare", {"candidate": "bare", "model_class": "CustomThresholdModel"}) as run:
        run.log(params={}, metrics={}, tags={}, artifacts=tmp_path_factory.mktemp("nothing"))
    with pytest.raises(KeyboardInterrupt), project.store.run("stopped", {"candidate": "stopped"}):
        raise KeyboardInterrupt
    found = {run.tags["candidate"]: run.run_id for run in project.store.runs()}
    with pytest.raises(TrainingError, match="is no finished run of a training"):
        release(project.store, project.root, run_id="0' or '1' = '1")
    with pytest.raises(TrainingError, match="holds a Pipeline, and a release is a CustomThresholdModel: name another run"):
        release(project.store, project.root, run_id=found["other"])
    with pytest.raises(TrainingError, match="kept no release/ for a release: train again"):
        release(project.store, project.root, run_id=found["bare"])
    assert "stopped" not in found


def test_a_store_whose_making_fails_is_made_anew_by_the_next_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []

    def stopped(folder: Path) -> None:
        asked.append(folder)
        (folder / "mlflow.db").touch()
        raise KeyboardInterrupt

    monkeypatch.setattr(releases, "make_runs", stopped)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            stored_runs(tmp_path, tmp_path)
    assert len(set(asked)) == 2


REASON = Acceptance("sits on the line, and the groups repay differently", "Ada L.")


def test_a_model_that_breaks_the_four_fifths_rule_is_not_released_and_not_registered(project: Project) -> None:
    project.release("plain")
    with pytest.raises(TrainingError) as raised:
        project.release("unfair")
    assert raised.value.message == (
        f"run {project.runs['unfair']} is not released: it breaks the four-fifths rule, sex 'F' is granted 0.77 times as often "
        "as 'M'; "
        '--accept "reason" --by NAME releases it all the same, and both stand in its model card'
    )
    assert project.serves() == "plain"
    assert project.aliases() == {"champion": "plain"}


def test_who_accepts_a_breach_stands_in_model_json_and_in_the_card(project: Project) -> None:
    released = project.release("unfair", accepted=REASON)
    assert project.serves() == "unfair"
    assert project.described()["four_fifths"] == {
        "breaches": ["sex 'F' is granted 0.77 times as often as 'M'"],
        "accepted": {"reason": REASON.reason, "by": "Ada L."},
    }
    card = (released.folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert f"sex 'F' is granted 0.77 times as often as 'M'. Accepted by Ada L.: \"{REASON.reason}\"." in card
    project.release("unfair")  # once more is no new release, and asks nothing again
    assert project.described()["four_fifths"]["accepted"]["by"] == "Ada L."


def test_an_acceptance_that_nothing_asked_for_is_not_kept(project: Project) -> None:
    project.release("plain", accepted=REASON)
    assert project.described()["four_fifths"] == {"breaches": [], "accepted": None}


def test_an_accepted_breach_still_meets_the_gate(project: Project) -> None:
    project.release("better")
    project.release("unfair", accepted=REASON)  # costs as much
    project.release("better")
    with pytest.raises(TrainingError, match=r"it costs 0\.5"):
        project.release("plain", accepted=REASON)


def test_the_command_wants_a_name_with_a_reason(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    run = ["--run", project.runs["unfair"]]
    assert job(project, *run, "--accept", "it is known") == 2
    assert '--accept "reason" and --by NAME go together' in capsys.readouterr().err
    assert job(project, *run) == 2
    assert "breaks the four-fifths rule" in capsys.readouterr().err
    assert job(project, *run, "--accept", "it is known", "--by", "Ada L.") == 0
    assert "four-fifths rule: sex 'F' is granted 0.77 times as often as 'M'; accepted by Ada L." in capsys.readouterr().out


def test_the_registry_describes_a_version_by_its_card(project: Project) -> None:
    released = project.release("plain")
    card = (released.folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    version = project.store.client.get_model_version("credit", "1")
    assert card.startswith(f"# Model card: credit {released.model_version}\n")
    assert version.description == shortened(card)


def test_a_card_too_long_for_the_registry_ends_with_a_whole_section() -> None:
    card = "# A card\nwords\n\n## One\n" + "a" * 3000 + "\n\n## Two\n" + "b" * 3000 + "\n"
    assert (
        shortened(card) == "# A card\nwords\n\n## One\n" + "a" * 3000 + "\n\n(The rest stands in the release's MODEL_CARD.md.)\n"
    )
    assert shortened(card[:4000]) == card[:4000]
    assert shortened("# A card\n\n![a picture](run/a.png)\n\n## One\nwords\n") == "# A card\n\n## One\nwords\n"
