"""The Dockerfile, built where there is no Docker: by Debian's buildah, on a Debian that debootstrap makes."""

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import ROOT, skip_unless_required

DOCKERFILE = (ROOT / "Dockerfile").read_text()
[BASE] = set(re.findall(r"^FROM (\S+:\S+)@sha256:[0-9a-f]{64} AS", DOCKERFILE, re.MULTILINE))
PYTHON = "python3,python3-venv,ca-certificates"  # what Docker's own image has instead; Debian 12's is of the same version
CERTIFICATES = "/etc/ssl/certs"
IN_READ_ONLY = """
set -e
mount --bind "$IMAGE" "$IMAGE"
mount -o remount,bind,ro "$IMAGE"
mount -t proc proc "$IMAGE/proc"
mount --rbind /dev "$IMAGE/dev"
mount -t tmpfs tmpfs "$IMAGE/tmp"
for volume in $VOLUMES; do mount -t tmpfs -o "uid=$OWNER,mode=700" tmpfs "$IMAGE$volume"; done
mount --bind "$SHARED" "$IMAGE/mnt"
exec chroot --userspec="$OWNER:$OWNER" "$IMAGE" sh -c 'cd /app && exec "$@"' - "$@"
"""


class Builder:
    """Buildah with a store of its own, and the base image in it."""

    def __init__(self, folder: Path) -> None:
        for program in ("buildah", "debootstrap"):
            if not shutil.which(program):
                skip_unless_required(f"there is no {program} (apt-get install {program})")
        if os.geteuid() != 0:
            skip_unless_required("images are built here by root alone")
        self._folder = folder
        debian = folder / "debian"
        run("debootstrap", "--variant=minbase", f"--include={PYTHON}", "bookworm", debian)
        (debian / "usr" / "bin" / "python").symlink_to("python3")
        container = self.buildah("from", "scratch")
        self.buildah("copy", "--quiet", container, debian, "/")
        self.buildah("commit", "--quiet", container, f"docker.io/library/{BASE}")
        shutil.rmtree(debian)

    def buildah(self, *words: str | Path) -> str:
        store: list[str | Path] = [
            "--root",
            self._folder / "store",
            "--runroot",
            self._folder / "run",
            "--storage-driver",
            "overlay",
        ]
        return run("buildah", *store, *words)

    def build(self, target: str) -> "Image":
        """The target, from the files of the project that git knows, and no others, as a strict umask leaves them."""
        context = self._folder / f"context-{target}"
        for name in run("git", "-C", ROOT, "ls-files", "-z").split("\0"):
            if name and (ROOT / name).exists():
                (context / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, context / name, follow_symlinks=False)
        run("chmod", "-R", "go=", context)
        # The base that is here has the name, and no digest of Docker's.
        (context / "Dockerfile").write_text(re.sub(r"@sha256:[0-9a-f]{64}", "", DOCKERFILE))
        way_out = [f"--env={name}={value}" for name, value in os.environ.items() if name in ("PIP_CERT", "PIP_INDEX_URL")]
        way_out.append(f"--volume={CERTIFICATES}:{CERTIFICATES}:ro")
        options = ["--quiet", "--isolation=chroot", "--pull-never", "--format=docker", *way_out]
        self.buildah("build", *options, f"--target={target}", f"--tag={target}", context)
        container = self.buildah("from", "--pull-never", f"localhost/{target}")
        described = json.loads(self.buildah("inspect", "--type=image", f"localhost/{target}"))
        return Image(Path(self.buildah("mount", container)), described["Docker"]["config"])


@dataclass(frozen=True, slots=True)
class Image:
    """An image: its files, unpacked, and what it says of how it is run."""

    files: Path
    config: dict[str, Any]

    @property
    def environment(self) -> dict[str, str]:
        return dict(variable.split("=", 1) for variable in self.config["Env"])

    def start(self, command: Sequence[str], shared: Path, **variables: str) -> "subprocess.Popen[str]":
        """Run the command in it, its root read-only, as its own user; `shared` is /mnt there."""
        environment = {**self.environment, **variables}
        outside = {"IMAGE": str(self.files), "SHARED": str(shared), "OWNER": self.config["User"]}
        outside["VOLUMES"] = " ".join(self.config.get("Volumes") or {})
        inside = shlex.join(f"{name}={value}" for name, value in environment.items())
        script = IN_READ_ONLY.replace('exec "$@"', f'exec env -i {inside} "$@"'.replace("'", "'\\''"))
        words = ["unshare", "--mount", "sh", "-c", script, "-", *command]
        return subprocess.Popen(
            words, env={"PATH": os.environ["PATH"], **outside}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def run(self, command: Sequence[str], shared: Path, **variables: str) -> tuple[int, str]:
        """The same to its end: exit code and what it said."""
        with self.start(command, shared, **variables) as process:
            said, _ = process.communicate(timeout=120)
            return process.returncode, said


def run(*words: str | Path) -> str:
    """What a command says, where it succeeds."""
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, f"{shlex.join(map(str, words))}\n{done.stdout}{done.stderr}"
    return done.stdout.strip()


@contextmanager
def builder(folder: Path) -> Iterator[Builder]:
    """A builder, its mounts and store gone when the block ends."""
    made = Builder(folder)
    try:
        yield made
    finally:
        made.buildah("umount", "--all")
        made.buildah("rm", "--all")
        made.buildah("rmi", "--all", "--force")
