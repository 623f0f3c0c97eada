"""jobs.smoke_test before the real service, and before one that somebody stands in front of."""

import datetime
import ipaddress
import json
import os
import re
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from jobs import smoke_test
from model import Scorer
from tests.answering import Reply, answering, in_front_of
from tests.conftest import LATEST, ROOT
from tests.fake_service import Asked
from tests.serving import KEY, Server, free_port, serving

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("service")) as server:
        yield server


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command; gives its exit code and what it printed, where no key may stand."""
    monkeypatch.setenv("API_KEY", f"{KEY},an-older-key")

    def main(*arguments: str) -> tuple[int, str, str]:
        code = smoke_test.main(arguments)
        out, err = capsys.readouterr()
        assert KEY not in out + err
        return code, out, err

    return main


def other_release() -> Path:
    return next(folder for folder in LATEST.resolve().parent.iterdir() if folder.is_dir() and folder != LATEST.resolve())


def test_a_service_that_answers_as_its_release_says_passes_with_a_line_a_check(run: Run, service: Server, scorer: Scorer) -> None:
    code, out, err = run(f"{service.url}/")
    assert (code, err) == (0, "")
    golden = len(scorer.release.golden)
    assert len(out.splitlines()) == golden + 4
    assert f"ok: GET / names {scorer.model_version}\n" in out
    assert f"ok: POST /predict with golden record {golden} of {golden}\n" in out
    assert set(service.logged("purpose")) == {"simulation"}


def test_it_runs_where_only_the_dashboard_is_installed(service: Server) -> None:
    program = "import sys; sys.modules.update(mlflow=None, duckdb=None, ibis=None, pandas=None, matplotlib=None, tqdm=None)\n"
    program += "from jobs import smoke_test; sys.exit(smoke_test.main(sys.argv[1:]))"
    variables = {**os.environ, "API_KEY": KEY}
    done = subprocess.run([sys.executable, "-c", program, service.url], cwd=ROOT, env=variables, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_another_release_than_it_should_be_is_named_with_what_was_expected(run: Run, service: Server, scorer: Scorer) -> None:
    wanted = Scorer.load(other_release()).model_version
    code, _, err = run(service.url, "--model", str(other_release()))
    assert code == 1
    expected = f'200 {{"model_version": "{wanted}"}}, got 200 {{"model_version": "{scorer.model_version}"}}'
    assert f"wrong: GET / names {wanted}: expected {expected}\n" in err


@pytest.mark.parametrize(("factor", "code"), [(1 + 1e-9, 1), (1 + 1e-14, 0)])
def test_a_probability_must_be_the_releases_but_for_its_last_digits(run: Run, service: Server, factor: float, code: int) -> None:
    def change(_: Asked, reply: Reply) -> Reply:
        status, document = reply
        if "probability" in document:
            document["probability"] *= factor
        return status, document

    with in_front_of(service.url, change) as url:
        found, out, err = run(url)
    assert found == code
    assert err.count("wrong: POST /predict with golden record") == (len(Scorer.load(LATEST).release.golden) if code else 0)
    assert "ok: GET /openapi.json" in out


@pytest.mark.parametrize(("name", "value"), [("decision", "perhaps"), ("threshold", 0.5), ("model_version", "1-aaaaaaaa")])
def test_whatever_else_a_decision_rests_on_must_be_the_releases(run: Run, service: Server, name: str, value: object) -> None:
    def change(asked: Asked, reply: Reply) -> Reply:
        return (reply[0], {**reply[1], name: value}) if asked.path == "/predict" and reply[0] == 200 else reply

    with in_front_of(service.url, change) as url:
        code, _, err = run(url)
    assert code == 1
    assert f'"{name}": {json.dumps(value)}' in err


def test_who_has_no_key_must_be_refused(run: Run, service: Server) -> None:
    def change(asked: Asked, reply: Reply) -> Reply:
        return (200, {"probability": 0.1}) if reply[0] == 401 else reply

    with in_front_of(service.url, change) as url:
        code, _, err = run(url)
    wanted = 'wrong: POST /predict without a key is refused: expected 401 and a JSON object, got 200 {"probability": 0.1}\n'
    assert (code, err) == (1, wanted)


def test_a_service_that_is_never_ready_is_waited_for_and_said_to_be_so_once(run: Run) -> None:
    with answering(lambda _: (503, {"error": {"code": "log_unavailable"}})) as url:
        code, out, err = run(url, "--wait", "1.5")
    assert code == 1
    assert out == 'not ready: 503 {"error": {"code": "log_unavailable"}}\n'
    assert err.startswith("wrong: GET /health/ready: expected 200 within 1.5 s, got 503 ")


def test_a_service_that_becomes_ready_meanwhile_passes(run: Run, service: Server) -> None:
    looks = iter([503])

    def change(asked: Asked, reply: Reply) -> Reply:
        return (next(looks, 200), reply[1]) if asked.path == "/health/ready" else reply

    with in_front_of(service.url, change) as url:
        code, out, _ = run(url)
    assert code == 0
    assert out.startswith("not ready: 503 ")


def test_nobody_there_is_told(run: Run) -> None:
    code, _, err = run(f"http://127.0.0.1:{free_port()}", "--wait", "0")
    wanted = "wrong: GET /health/ready: expected 200 within 0 s, got 127.0.0.1 gives no answer (ConnectionError)\n"
    assert (code, err) == (1, wanted)


def test_a_redirect_is_not_followed_and_the_key_goes_nowhere_else(run: Run, service: Server) -> None:
    elsewhere: list[Asked] = []

    def there(asked: Asked) -> Reply:
        elsewhere.append(asked)
        return 200, {}

    def here(asked: Asked) -> Reply:
        return (200 if asked.path == "/health/ready" else 307, {})

    with answering(there) as other, answering(here, location=f"{other}/predict") as url:
        code, _, err = run(url)
    assert (code, elsewhere) == (1, [])
    assert "got 307" in err


def test_a_key_that_an_answer_repeats_is_not_printed(run: Run) -> None:
    """Nor a part of it, where the answer is cut."""

    def answer(asked: Asked) -> Reply:
        given = asked.headers.get("x-api-key", "")
        return (200, {}) if asked.path == "/health/ready" else (500, f"{'x' * 290}{given} {given}".encode())

    with answering(answer) as url:
        code, _, err = run(url)
    assert code == 1
    assert "[hidden]" in err
    assert KEY[:8] not in err


def certificate(folder: Path) -> Path:
    """A file with a key and a certificate for 127.0.0.1 that it signed itself."""
    own_key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(name, name, own_key.public_key(), 1, now, now + datetime.timedelta(days=1))
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    signed = builder.add_extension(names, critical=True).sign(own_key, hashes.SHA256())
    pem = own_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "server.pem").write_bytes(pem + signed.public_bytes(Encoding.PEM))
    return folder / "server.pem"


def test_a_certificate_that_nobody_vouches_for_is_refused(run: Run, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate(tmp_path))
    with answering(lambda _: (200, {}), tls=context) as url:
        code, _, err = run(url, "--wait", "0")
    assert code == 1
    assert err.endswith("got 127.0.0.1 gives no answer (SSLError)\n")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("credit.example",),
        ("ftp://credit.example",),
        ("https://",),
        ("https://me:secret@credit.example",),
        ("https://credit.example/?key=1",),
        ("https://credit.example:port",),
        ("http://credit.example",),  # the key in clear
        ("https://credit.example", "--wait", "long"),
        ("https://credit.example", "--wait", "-1"),
        ("https://credit.example", "--model", "no-such-folder"),
    ],
)
def test_what_cannot_be_asked_is_told_in_one_line(run: Run, arguments: tuple[str, ...]) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert re.fullmatch(r"error: .+\n", err)


def test_without_a_key_nothing_is_asked(run: Run, monkeypatch: pytest.MonkeyPatch, service: Server) -> None:
    monkeypatch.setenv("API_KEY", " , ")
    code, _, err = run(service.url)
    assert (code, err) == (2, "error: API_KEY is not set: give a key of the deployed service in the environment\n")
