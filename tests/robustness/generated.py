"""Requests that schemathesis makes of /openapi.json, good ones and bad: every answer as described, none of ours at fault."""

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.serving import KEY, PROGRAMS, serving

CONFIG = Path(__file__).with_name("schemathesis.toml")
FEW_RECORDS = "5"
"""What one request may hold there: of a thousand made records some have one id, which no schema can forbid."""
OF_ONE_KIND = ("/predict_proba", "/data")
"""Routes whose bodies are described as those of /predict."""

_GENERATED = re.compile(r"^ *([\d,]+) generated", re.MULTILINE)
_FAILURES = re.compile(r"^=+ FAILURES =+$(.*)^=+ SUMMARY =+$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Generated:
    """How many requests were made, and what schemathesis says of those whose answers weren't right."""

    requests: int
    failures: str


def generated(folder: Path, examples: int, without: Sequence[str] = ()) -> Generated:
    """Every phase that schemathesis has, on a running service: each limit of the schema, `examples` at random, sequences."""
    with serving(folder, MAX_RECORDS=FEW_RECORDS) as server:
        command: list[str | Path] = [PROGRAMS / "schemathesis", "--config-file", CONFIG, "run", f"{server.url}/openapi.json"]
        command += ["--header", f"x-api-key: {KEY}", "--checks", "all", "--max-examples", str(examples)]
        command += ["--generation-deterministic", "--no-color"]
        for path in without:
            command += ["--exclude-path", path]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    counted, failures = _GENERATED.search(done.stdout), _FAILURES.search(done.stdout)
    if counted is None or (done.returncode and failures is None):
        raise RuntimeError(f"schemathesis did not run: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return Generated(int(counted[1].replace(",", "")), failures[1].strip() if failures else "")
