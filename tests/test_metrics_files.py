"""The folder in which workers count: where it is made, and that none is left behind or taken from somebody."""

import signal
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

PREPARE = """
import os, sys, time
from pathlib import Path
from server import metrics_files
metrics_files.MEMORY = Path(sys.argv[1])
metrics_files.PLENTY = int(sys.argv[2])
metrics_files.prepare()
assert metrics_files.prepare() is metrics_files.prepare()
print(os.environ["PROMETHEUS_MULTIPROC_DIR"], flush=True)
sys.stdin.read()
"""


class Master:
    """A process that has prepared a folder, in this memory where it has so much room."""

    def __init__(self, memory: Path, plenty: int = 0, **environment: str) -> None:
        command = [sys.executable, "-c", PREPARE, str(memory), str(plenty)]
        environment = {"TMPDIR": str(memory.parent), **environment}
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=-1, stdout=-1, text=True)
        assert self.process.stdout
        self.folder = Path(self.process.stdout.readline().strip())

    def end(self, signum: int = 0) -> None:
        if signum:
            self.process.send_signal(signum)
        self.process.communicate()


def test_who_ends_leaves_nothing(tmp_path: Path) -> None:
    master = Master(tmp_path)
    assert master.folder.parent == tmp_path
    assert master.folder.is_dir()
    master.end()
    assert not list(tmp_path.iterdir())


def test_what_a_killed_master_left_is_removed_and_what_another_uses_is_not(tmp_path: Path) -> None:
    killed, living = Master(tmp_path), Master(tmp_path)
    (tmp_path / "of-somebody").mkdir()
    (tmp_path / "credit-metrics-link").symlink_to(tmp_path / "of-somebody")
    killed.end(signal.SIGKILL)
    assert killed.folder.is_dir()
    later = Master(tmp_path)
    assert not killed.folder.exists()
    assert (tmp_path / "of-somebody").is_dir()
    assert list(living.folder.iterdir())
    living.end()
    later.end()


def test_where_memory_is_short_or_missing_the_temp_folder_does(tmp_path: Path) -> None:
    memory = tmp_path / "memory"
    missing = Master(memory)
    memory.mkdir()
    short = Master(memory, plenty=10**18)
    for master in (missing, short):
        assert master.folder.parent == tmp_path
        master.end()


def test_a_folder_that_is_named_loses_what_an_earlier_server_counted_and_nothing_else(tmp_path: Path) -> None:
    named = tmp_path / "for" / "metrics"
    Master(tmp_path, PROMETHEUS_MULTIPROC_DIR=str(named)).end(signal.SIGKILL)
    (named / "counter_0.db").touch()
    (named / "note").touch()
    master = Master(tmp_path, PROMETHEUS_MULTIPROC_DIR=str(named))
    assert master.folder == named
    master.end()
    assert {file.name for file in named.iterdir()} == {"counter_master.db", "histogram_master.db", "note"}


def test_a_master_that_takes_over_leaves_the_folder_of_the_one_before_alone(tmp_path: Path) -> None:
    before = Master(tmp_path)
    after = Master(tmp_path, PROMETHEUS_MULTIPROC_DIR=str(before.folder), GUNICORN_PID=str(before.process.pid))
    assert after.folder != before.folder
    assert list(before.folder.iterdir())
    after.end()
    assert list(before.folder.iterdir())
    before.end()
