"""bin/audit on the real locks, before a hand-written OSV server: this machine may have no route to the real one."""

import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT
from tests.serving import free_port

Package = tuple[str, str]


def locked_here() -> set[Package]:
    """Name and version of every package of the requirements files that belongs on this platform."""
    locks = "".join(path.read_text() for path in ROOT.glob("requirements*.txt"))
    lines = [Requirement(line.split(" \\")[0]) for line in locks.splitlines() if "==" in line]
    return {
        (canonicalize_name(line.name), str(line.specifier).removeprefix("=="))
        for line in lines
        if line.marker is None or line.marker.evaluate()
    }


@contextmanager
def osv_server(vulnerable: Package | None = None, status: int = 200) -> Iterator[tuple[str, list[Package]]]:
    """The address of an OSV server that knows at most one vulnerability, and the packages it was asked for so far."""
    asked: list[Package] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            assert question["package"]["ecosystem"] == "PyPI"
            asked.append((question["package"]["name"], question["version"]))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps({"vulns": [advisory(asked[-1][0])]} if asked[-1] == vulnerable else {}).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1/query", asked
        finally:
            server.shutdown()


def advisory(name: str) -> dict[str, object]:
    """As OSV writes one that a version 99.1 repairs."""
    ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.1"}]}]
    return {"id": "PYSEC-2099-7", "affected": [{"package": {"name": name, "ecosystem": "PyPI"}, "ranges": ranges}]}


def audit(url: str, root: Path = ROOT) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "PIP_AUDIT_OSV_URL": url, "NO_PROXY": "127.0.0.1"}
    return subprocess.run([root / "bin" / "audit"], env=variables, capture_output=True, text=True)


def test_a_known_vulnerability_of_a_locked_version_is_named_with_the_version_that_repairs_it() -> None:
    flask = next(package for package in locked_here() if package[0] == "flask")
    with osv_server(vulnerable=flask) as (url, _):
        done = audit(url)
    assert done.returncode == 1, done.stderr
    assert re.search(rf"^flask +{re.escape(flask[1])} +PYSEC-2099-7 +99\.1$", done.stdout, re.MULTILINE)


def test_locks_of_which_nothing_is_known_pass_once_every_package_was_asked_for() -> None:
    with osv_server(vulnerable=("flask", "0.1")) as (url, asked):
        done = audit(url)
    assert (done.returncode, done.stdout) == (0, "No known vulnerabilities found\n"), done.stderr
    assert set(asked) == locked_here()


def test_no_server_is_told_in_one_line_and_is_no_vulnerability() -> None:
    url = f"http://127.0.0.1:{free_port()}/v1/query"
    assert_not_audited(url, audit(url), "ConnectionError")


@pytest.mark.parametrize("status", [204, 503])  # 204: an answer that isn't OSV's
def test_a_server_that_fails_is_told_in_one_line_and_is_no_vulnerability(status: int) -> None:
    with osv_server(status=status) as (url, _):
        assert_not_audited(url, audit(url), "Error")


def test_a_lock_that_cannot_be_audited_is_not_taken_for_a_silent_server(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    shutil.copy(ROOT / "bin" / "audit", tmp_path / "bin")
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    for lock in ROOT.glob("requirements*.txt"):
        (tmp_path / lock.name).write_text("no-hash==1.0\n" + lock.read_text())
    done = audit(f"http://127.0.0.1:{free_port()}/v1/query", root=tmp_path)
    assert (done.returncode, "does not contain a hash" in done.stdout) == (1, True), done.stderr


def assert_not_audited(url: str, done: subprocess.CompletedProcess[str], reason: str) -> None:
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(rf"Not audited, {re.escape(url)} gave no answer: requests\.exceptions\.\w*{reason}: .*\n", done.stderr)
