"""The commit that is deployed: what goes out is what git holds of it, whatever the folder looks like meanwhile."""

import io
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from model import Scorer
from scoring.errors import SettingError

LATEST = Path("models", "latest")


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of the repository in `root`, by its whole id."""

    root: Path
    id: str

    @classmethod
    def of(cls, root: Path, name: str) -> "Commit":
        """The commit that goes by this name there; raises SettingError where none does."""
        found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        return cls(root, found.decode().split()[-1])

    def __str__(self) -> str:
        return self.id[:12]

    def archive(self, *paths: str, form: str = "tar.gz") -> bytes:
        """Its files, or those under these paths, as a tar; no .git, nothing uncommitted."""
        return _git(self.root, "archive", f"--format={form}", self.id, *paths)

    def scorer(self) -> Scorer:
        """The release that this commit serves. Raises ModelError, or SettingError where it has none."""
        with tempfile.TemporaryDirectory() as folder:
            with tarfile.open(fileobj=io.BytesIO(self.archive("models", form="tar"))) as files:
                files.extractall(folder, filter="data")
            return Scorer.load(Path(folder) / LATEST)


def _git(root: Path, *words: str) -> bytes:
    try:
        done = subprocess.run(["git", *words], cwd=root, capture_output=True, check=True)  # noqa: S603, S607  # our own words
    except OSError as error:
        raise SettingError(f"git can't be run in {root} ({error.strerror})") from None
    except subprocess.CalledProcessError as error:
        why = " ".join(error.stderr.decode(errors="replace").split()) or "there is no such commit"
        raise SettingError(f"git {' '.join(words)} fails in {root}: {why}") from None
    return done.stdout
