"""Explaining a folder of applications: contributions that add up, known reasons, recourse that holds, and a picture in words."""

import io
import signal
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from matplotlib.text import Text

from jobs import explain, score_batch
from model import Scorer
from scoring.explaining import sample as sampling
from scoring.explaining.beeswarm import FIELDS, drawn, field_words, plot_beeswarm, spread
from scoring.explaining.explainer import Explainer
from scoring.explaining.language import CODES, read_languages
from scoring.explaining.portfolio import CONTRIBUTION
from scoring.explaining.sample import MOST_CLIENTS, Moves, Sample
from scoring.explaining.topics import TOPICS
from scoring.fields import ID
from scoring.records import columns, read_records
from scoring.synthetic import write_sample
from tests.application_tables import labelled, row, write_csv
from tests.conftest import LATEST

CLIENTS = 400
LANGUAGES = read_languages()


@dataclass(frozen=True)
class Explained:
    """The tables, what the job wrote of them with --recourse, and what it said."""

    data: Path
    out: Path
    said: str

    @property
    def rows(self) -> pa.Table:
        return pq.read_table(self.out)


def job(*arguments: str | Path) -> int:
    return explain.main([str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def explained(tmp_path_factory: pytest.TempPathFactory) -> Explained:
    folder = tmp_path_factory.mktemp("explained")
    write_sample(folder / "data", clients=CLIENTS, seed=0, format="csv")
    out = folder / "out.parquet"
    with redirect_stdout(io.StringIO()) as said:
        assert job("--data", folder / "data", "--out", out, "--model", LATEST, "--recourse") == 0
    return Explained(folder / "data", out, said.getvalue())


@pytest.fixture(scope="module")
def records(explained: Explained) -> dict[str, Any]:
    with read_records(explained.data) as found:
        [batch] = found.batches
        return columns(batch)


def sampled(scorer: Scorer, records: Mapping[str, Any], seed: int = 0) -> Sample:
    clients, _ = scorer.explainer().clients(records)
    sample = Sample(scorer.model.fields_, len(clients), seed)
    for start in range(0, len(clients), 150):
        part = clients[start : start + 150]
        sample.add(part, np.array([list(client.by_field.values()) for client in part]))
    return sample


def test_every_application_is_there_once_in_order_with_the_bits_of_score_batch(explained: Explained, tmp_path: Path) -> None:
    scores = tmp_path / "scores.parquet"
    assert score_batch.main(["--data", str(explained.data), "--out", str(scores), "--model", str(LATEST)]) == 0
    expected = pq.read_table(scores)
    assert explained.rows.select(expected.schema.names).equals(expected)
    ids = expected[ID].to_pylist()
    assert ids == sorted(set(ids))
    assert len(ids) == CLIENTS


def test_base_value_and_contributions_add_up_to_the_log_odds(explained: Explained, scorer: Scorer) -> None:
    names = [f"{CONTRIBUTION}{field}" for field in scorer.model.fields_]
    assert explained.rows.schema.names[-len(names) :] == names
    given = np.array([explained.rows[name].to_numpy() for name in names])
    probability = explained.rows["probability"].to_numpy()
    found = explained.rows["base_value"].to_numpy() + given.sum(axis=0)
    np.testing.assert_allclose(found, np.log(probability / (1 - probability)), rtol=0, atol=1e-9)
    alone = scorer.explainer().contributions(scorer.model.input_matrix(_first(explained.data)))[1]
    np.testing.assert_allclose(given[:, 0], alone[0], rtol=0, atol=1e-12)


def _first(folder: Path) -> dict[str, Any]:
    with read_records(folder, rows=1) as found:
        return columns(next(found.batches))


def test_reasons_are_known_codes_strongest_first_and_a_refusal_has_one(
    explained: Explained, scorer: Scorer, records: Mapping[str, Any]
) -> None:
    explainer = scorer.explainer()
    against, in_favour = (explained.rows[side].to_pylist() for side in ("against", "in_favour"))
    assert {code for codes in (*against, *in_favour) for code in codes} <= {topic.code for topic in TOPICS}
    assert all(against[i] for i, refused in enumerate(explained.rows["prediction"].to_pylist()) if refused)
    expected = [explainer.reasons(client) for client in explainer.clients(records)[0]]
    assert [[reason.code for reason in reasons[0]] for reasons in expected] == against
    assert [[reason.code for reason in reasons[1]] for reasons in expected] == in_favour


def test_a_refusal_with_its_changes_is_granted(explained: Explained, scorer: Scorer, records: Mapping[str, Any]) -> None:
    turned = 0
    for place, line in enumerate(explained.rows.select(["prediction", "changes", "changed_probability"]).to_pylist()):
        assert (line["changes"] is None) == (line["prediction"] == 0)
        assert (line["changed_probability"] is None) == (not line["changes"])
        if line["changes"]:
            client = {name: values[place : place + 1] for name, values in records.items()}
            assert {change["field"]: change["from"] for change in line["changes"]} == {
                change["field"]: client[change["field"]][0] for change in line["changes"]
            }
            scores = scorer.score(client | {change["field"]: [change["to"]] for change in line["changes"]})
            assert scores.probability[0] == line["changed_probability"] < scorer.threshold
            turned += 1
    refused = sum(explained.rows["prediction"].to_pylist())
    assert 0 < turned < refused
    said = f"{refused} refused, {turned / refused:.1%} of them with a recourse"
    assert explained.said == f"wrote 400 explanations of model {scorer.model_version} to {explained.out}: {said}\n"


def test_in_other_batches_and_without_recourse_it_says_the_same(
    explained: Explained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(explain, "BATCH", 150)
    picture = tmp_path / "other.png"
    chosen = ("--picture", picture, "--language", "fr")
    assert job("--data", explained.data, "--out", tmp_path / "out.parquet", "--model", LATEST, *chosen) == 0
    found = pq.read_table(tmp_path / "out.parquet")
    assert found.equals(explained.rows.drop_columns(["changes", "changed_probability"]))
    assert capsys.readouterr().out.endswith(" refused\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other.png", "out.parquet"]
    assert picture.read_bytes() != explained.out.with_suffix(".png").read_bytes()  # in another language


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--data", ".", "--out", "out.csv"), "--out out.csv: name a file that ends in .parquet"),
        (("--data", "nowhere", "--out", "out"), "ends in .parquet"),  # before any work
        (("--data", ".", "--out", "out.parquet", "--picture", "out.jpg"), "ends in .png"),
        (("--data", ".", "--out", "out.parquet", "--picture", "no/where.png"), "no/where.png can't be written"),
        (("--data", ".", "--out", "no/where.parquet", "--picture", "out.png"), "no/where.parquet can't be written"),
        (("--data", ".", "--out", "out.parquet", "--model", "nowhere"), "nowhere"),
        (("--data", ".", "--out", "out.parquet", "--language", "de"), "--language"),
        (("--out", "out.parquet"), "--data"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(
    arguments: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    model = () if "--model" in arguments else ("--model", str(LATEST))
    write_csv(tmp_path, "application_test", [row(1)])
    monkeypatch.chdir(tmp_path)
    assert job(*arguments, *model) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.splitlines()[-1].startswith("error: ")
    assert len([line for line in error.splitlines() if not line.startswith("note: ")]) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["application_test.csv"]


def test_a_stop_among_the_batches_leaves_the_older_files(
    explained: Explained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(explain, "BATCH", 150)
    reasons, asked = Explainer.reasons, []

    def interrupted(self: Explainer, client: Any) -> Any:
        asked.append(client)
        if len(asked) > 200:
            signal.raise_signal(signal.SIGINT)
        return reasons(self, client)

    monkeypatch.setattr(Explainer, "reasons", interrupted)
    out = tmp_path / "out.parquet"
    out.write_text("older")
    assert job("--data", explained.data, "--out", out, "--model", LATEST) == 130
    assert capsys.readouterr().err.splitlines()[-1] == "stopped: nothing half-written was left"
    assert [path.name for path in tmp_path.iterdir()] == ["out.parquet"]
    assert out.read_text() == "older"


def test_one_client_alone_is_explained_and_drawn(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_csv(tmp_path, "application_train", [labelled(1, "0", EXT_SOURCE_1="0.9", EXT_SOURCE_2="0.9", EXT_SOURCE_3="0.9")])
    assert job("--data", tmp_path, "--out", tmp_path / "out.parquet", "--model", LATEST, "--recourse") == 0
    assert capsys.readouterr().out.endswith(": 0 refused\n")
    assert pq.read_table(tmp_path / "out.parquet")["changes"].to_pylist() == [None]
    assert (tmp_path / "out.png").is_file()


def test_the_picture_is_a_png_as_wide_as_a_screen(explained: Explained) -> None:
    content = explained.out.with_suffix(".png").read_bytes()
    assert content.startswith(b"\x89PNG")
    width, height = (int.from_bytes(content[at : at + 4]) for at in (16, 20))
    assert width == 1280
    assert 900 < height < 1500
    assert 50_000 < len(content) < 1_500_000


@pytest.mark.parametrize("code", CODES)
def test_no_word_of_the_picture_is_a_column_name(code: str, scorer: Scorer, records: Mapping[str, Any]) -> None:
    figure = drawn(sampled(scorer, records), LANGUAGES[code])
    words = [text.get_text() for text in figure.findobj(Text)]
    none = np.zeros(0)
    every = field_words([Moves(field, none, none, none.astype(bool)) for field in scorer.model.fields_], LANGUAGES[code])
    assert set(words) >= {LANGUAGES[code].picture[name] for name in ("towards_credit", "towards_refusal", "low", "high", "value")}
    assert not [(name, text) for name in scorer.model.columns_ for text in (*words, *every) if name in text]
    assert not [text for text in (*words, *every) if "_" in text]
    assert max(len(line) for text in every for line in text.splitlines()) <= 40
    assert len(set(every)) == len(every)


@pytest.mark.parametrize("code", CODES)
def test_no_words_beside_the_rows_lie_over_each_other_or_outside(code: str, scorer: Scorer, records: Mapping[str, Any]) -> None:
    figure = drawn(sampled(scorer, records), LANGUAGES[code])
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in figure.findobj(Text) if text.get_text() and text.get_visible()]
    assert not [(one, other) for at, one in enumerate(boxes) for other in boxes[:at] if one.overlaps(other)]
    whole = figure.bbox
    assert all(whole.x0 <= box.x0 and box.x1 <= whole.x1 and whole.y0 <= box.y0 and box.y1 <= whole.y1 for box in boxes)


def test_the_strongest_fields_of_all_clients_come_first(explained: Explained, scorer: Scorer, records: Mapping[str, Any]) -> None:
    mean = {name: float(np.abs(explained.rows[f"{CONTRIBUTION}{name}"]).mean()) for name in scorer.model.fields_}
    sample = sampled(scorer, records)
    expected = sorted(mean, key=lambda name: -mean[name])[:FIELDS]
    assert [one.field for one in sample.strongest(FIELDS)] == expected
    assert sample.part(FIELDS) == pytest.approx(sum(mean[name] for name in expected) / sum(mean.values()))


def test_high_means_long_and_what_is_not_known_has_no_rank(scorer: Scorer, records: Mapping[str, Any]) -> None:
    moves = {one.field: one for one in sampled(scorer, records).strongest(len(scorer.model.fields_))}
    days = records["DAYS_EMPLOYED"]
    employed = days <= 0  # 365243 stands for nobody's employment
    assert 0 < employed.sum() < CLIENTS
    assert (moves["DAYS_EMPLOYED"].known == employed).all()
    order = np.argsort(-days[employed], kind="stable")
    ranks = moves["DAYS_EMPLOYED"].rank[employed][order]
    assert (np.diff(ranks) >= 0).all()
    assert (ranks[0], ranks[-1]) == (0, 1)
    assert np.isnan(moves["DAYS_EMPLOYED"].rank[~employed]).all()
    assert moves["NAME_EDUCATION_TYPE"].known.all()
    assert np.isnan(moves["NAME_EDUCATION_TYPE"].rank).all()


def test_a_sample_is_drawn_by_its_seed_and_counts_everybody(
    scorer: Scorer, records: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = sampled(scorer, records)
    assert MOST_CLIENTS == 2_000
    monkeypatch.setattr(sampling, "MOST_CLIENTS", 30)
    first, again, other = (sampled(scorer, records, seed) for seed in (0, 0, 1))
    [one], [same], [another], [all_of_it] = (sample.strongest(1) for sample in (first, again, other, whole))
    assert len(one.contribution) == first.drawn == 30
    assert (one.contribution == same.contribution).all()
    assert (one.contribution != another.contribution).any()
    assert set(one.contribution) <= set(all_of_it.contribution)
    assert first.part(5) == whole.part(5)


def test_dots_of_a_bin_lie_apart_and_inside_their_row() -> None:
    where = spread(np.array([0.01, 0.5, 0.02, 0.03, 1.5]), width=0.1)
    assert where[[1, 4]].tolist() == [0, 0]  # alone in its bin
    assert where[[0, 2, 3]] == pytest.approx([-0.055, 0, 0.055])
    many = spread(np.zeros(500), width=0.1)
    assert (many.min(), many.max()) == pytest.approx((-0.42, 0.42))
    assert len(set(many.tolist())) == 500
    assert len(spread(np.zeros(0), width=0.1)) == 0


def test_a_portfolio_of_nobody_has_an_empty_picture(scorer: Scorer) -> None:
    file = io.BytesIO()
    plot_beeswarm(Sample(scorer.model.fields_, 0), LANGUAGES["en"], file)
    assert file.getvalue().startswith(b"\x89PNG")


def test_the_languages_to_choose_are_those_that_there_are() -> None:
    assert set(explain._LANGUAGES) == set(CODES)
    assert LANGUAGES["fr"].picture.keys() == LANGUAGES["en"].picture.keys()
