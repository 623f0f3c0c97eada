"""A command of jobs/ run as a process of its own, and what that took."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scoring.settings import ROOT


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a command: its seconds from start to end, the most megabytes that it held, and its page's."""

    name: str
    seconds: float
    memory: float
    page: float

    def cells(self) -> list[str]:
        """As a row of a table."""
        return [self.name, f"{self.seconds:.0f}", f"{self.memory:,.0f}", f"{self.page:.2f}"]


TITLES = ("", "seconds", "MB of memory at most", "MB of page")


def timed(
    name: str,
    job: str,
    arguments: Sequence[str],
    page: Path,
    environ: Mapping[str, str] | None = None,
    fine: Sequence[int] = (0,),
) -> Run:
    """Run a job that writes `page`, by its arguments; RuntimeError where it doesn't end with one of the exit codes `fine`."""
    program = [sys.executable, "-m", f"jobs.{job}", *arguments, "--html", str(page)]
    started = time.perf_counter()
    process = subprocess.Popen(program, cwd=ROOT, env={**os.environ, **(environ or {})}, stdout=sys.stderr)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in fine:
        raise RuntimeError(f"jobs.{job} ended with {process.returncode}")
    return Run(name, time.perf_counter() - started, used.ru_maxrss / 1e3 * 1.024, page.stat().st_size / 1e6)
