"""What a dyno is given, on this machine: the files of a slug, its Python, its variables, and the Procfile's commands in them."""

import re
import shlex
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from jobs.servers import END_SECONDS, HOST, status_of
from jobs.service_process import procfile_commands
from scoring.errors import CreditScoringError, SettingError
from scoring.settings import ROOT
from tests.serving import KEY

PYTHON = Path(".heroku") / "python"
"""Where Heroku's buildpack puts it."""
WORKERS = "2"
"""WEB_CONCURRENCY, as the buildpack sets it on a dyno of 512 MB: a worker for every 256."""
BOOT_SECONDS = 60.0
"""devcenter.heroku.com/articles/limits: what a web process has until it listens."""


@dataclass(frozen=True, slots=True)
class Dyno:
    """A slug in a folder, and what its processes find in their environment; what they print goes to `output`."""

    slug: Path
    port: int
    environment: Mapping[str, str]
    output: Path

    @classmethod
    def of(cls, slug: Path, folder: Path, port: int, database_url: str) -> "Dyno":
        """With a PostgreSQL, and a folder for what it prints and spools.

        None of this machine's variables, that may change what memory is taken. What Python compiles of the app it can't keep: a
        dyno's disk is the slug's, each time anew.
        """
        programs = slug / PYTHON / "bin"
        if not (programs / "python").exists():
            raise SettingError(f"{slug} has no {PYTHON / 'bin' / 'python'}: name a folder that bin/slug-size --keep made")
        return cls(
            slug,
            port,
            {
                "PATH": f"{programs}:/usr/local/bin:/usr/bin:/bin",
                "HOME": str(slug),
                "LANG": "C.UTF-8",
                "PYTHONPATH": str(slug),
                "PYTHONUNBUFFERED": "true",
                "PYTHONDONTWRITEBYTECODE": "1",
                "API_KEY": KEY,
                "DATABASE_URL": database_url,
                "DYNO": "web.1",
                "GUNICORN_CMD_ARGS": f"--bind {HOST}:{port}",
                "PORT": str(port),
                "SPOOL_DIR": str(folder / "spool"),
                "WEB_CONCURRENCY": WORKERS,
            },
            folder / "output.log",
        )

    def python(self) -> str:
        """Which one it is: Python 3.11.7."""
        return _run(str(self.slug / PYTHON / "bin" / "python"), "-V").strip()

    def release(self) -> float:
        """Run the release command: its seconds."""
        begun = time.perf_counter()
        with self._process("release") as process:
            status = process.wait()
        if status:
            raise CreditScoringError(f"the release command ended with status {status}: {self._last_words()}")
        return time.perf_counter() - begun

    @contextmanager
    def serving(self) -> Iterator[tuple[int, float]]:
        """Run the web command until the block ends: its process's id, and the seconds to its first 200 of /health/ready.

        The block begins too when BOOT_SECONDS are over.
        """
        begun = time.perf_counter()
        with self._process("web") as process:
            while status_of(self.port, "/health/ready") != HTTPStatus.OK and time.perf_counter() - begun <= BOOT_SECONDS:
                if (status := process.poll()) is not None:
                    raise CreditScoringError(f"the web command ended with status {status}: {self._last_words()}")
                time.sleep(0.02)
            yield process.pid, time.perf_counter() - begun

    @contextmanager
    def _process(self, name: str) -> Iterator[subprocess.Popen[bytes]]:
        """The Procfile's command of this name, ended with the block."""
        program, *words = procfile_commands(self.slug / "Procfile")[name]
        # By its path: a script that doesn't start would be looked for, and found, in the PATH of this machine.
        command = [str(self.slug / PYTHON / "bin" / program), *words]
        with self.output.open("ab") as output:
            try:
                process = subprocess.Popen(command, cwd=self.slug, env=self.environment, stdout=output, stderr=output)
            except OSError as error:
                raise SettingError(f"{shlex.join(command)} doesn't start there: {error.strerror}") from error
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(END_SECONDS)
            finally:
                process.kill()

    def _last_words(self) -> str:
        return self.output.read_text(errors="replace")[-500:]


def make_slug(slug: Path) -> str:
    """The slug of the last commit, unpacked; its size, compressed, in MB, and the most that it may have."""
    said = _run(str(ROOT / "bin" / "slug-size"), "--keep", str(slug))
    [size, most] = re.findall(r"(\d+ MB)", said)
    return f"{size} of {most}"


def _run(*words: str) -> str:
    try:
        return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        said = (getattr(error, "stderr", None) or str(error)).strip()
        raise CreditScoringError(f"`{shlex.join(words)}` failed: {said[-500:]}") from error
