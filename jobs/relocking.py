"""The project's pyproject.toml and requirements files: locked anew in another folder, and written back together."""

import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from difflib import get_close_matches
from pathlib import Path

from packaging.version import Version

from jobs.locks import canonical, locked, opened, pinned
from jobs.servers import running
from scoring.errors import CreditScoringError, OutputError, SettingError
from scoring.files import new_file

MORE = "upgrade.mk"


def project_files(root: Path) -> dict[str, str]:
    """The text of pyproject.toml and of all requirements files, by name; SettingError where one can't be read."""
    try:
        names = [root / "pyproject.toml", *sorted(root.glob("requirements*.txt")), *sorted(root.glob("requirements*.in"))]
        return {path.name: path.read_bytes().decode() for path in names}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"the project's requirements can't be read: {error}") from None


def checked_names(packages: Sequence[str], files: Mapping[str, str]) -> list[str]:
    """The packages as locks spell them, each once; SettingError for one that none of the files locks."""
    known = sorted({name for file in files if file.endswith(".txt") for name in locked(files[file])})
    names = list(dict.fromkeys(map(canonical, packages)))
    for name in names:
        if name not in known:
            closest = get_close_matches(name, known, n=1)
            hint = f"did you mean {closest[0]}?" if closest else "name one that requirements-*.txt lists"
            raise SettingError(f"{name} is no locked package: {hint}")
    return names


def relock(root: Path, scratch: Path, files: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    """The files as `make lock` would make them of the named packages' newest versions; all that nothing pins where none is named.

    Raises CreditScoringError where make or uv fails, whose own words are then on stderr.
    """
    if not (root / ".venv" / "bin" / "uv").exists():
        raise SettingError("there is no .venv/bin/uv: run `make setup`")
    (scratch / ".venv").symlink_to((root / ".venv").resolve())  # where the Makefile's `lock` looks for uv
    sources = {name: text for name, text in files.items() if not name.endswith(".txt")}
    wider = {name: opened(text, names) for name, text in sources.items()}
    flags = " ".join(f"--upgrade-package {name}" for name in names) or "--upgrade"
    found = _lock(root, scratch, {**files, **wider}, flags)
    if wider != sources:  # named, for `make lock` to give the same; what is newer for some Pythons alone goes back
        found = _lock(root, scratch, found | {name: _pinned_anew(name, text, found, names) for name, text in sources.items()})
    return found


def _lock(root: Path, scratch: Path, files: Mapping[str, str], flags: str = "") -> dict[str, str]:
    """What `make lock` makes of these files, with uv's other flags after those that the Makefile gives."""
    for name, text in files.items():
        (scratch / name).write_bytes(text.encode())
    (scratch / MORE).write_text(f"LOCK += {flags}\nCOMPILE += {flags}\n")
    # -o: `setup` counts as done, which it was for this command to run.
    if finished(["make", "-f", str(root.resolve() / "Makefile"), "-f", MORE, "-o", "setup", "lock"], scratch, scratch):
        raise CreditScoringError("no lock could be made: why stands above, and nothing was written")
    return {name: (scratch / name).read_bytes().decode() for name in files}


def _pinned_anew(source: str, text: str, found: Mapping[str, str], names: Sequence[str]) -> str:
    """pyproject.toml or a .in file with the newest versions in its locks of those packages that it pins.

    Where Pythons or platforms have different ones, the oldest: a pin is for all of them.
    """
    own = {name: Path(name).with_suffix(".txt").name for name in found if name.endswith(".in")}
    locks = [own[source]] if source in own else [name for name in found if name.endswith(".txt") and name not in own.values()]
    for name in names:
        if versions := {version for lock in locks for version in locked(found[lock]).get(name, ())}:
            text = pinned(text, name, min(versions, key=Version))
    return text


def write(root: Path, before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Write the files that differ, all or none as far as a disk allows it, and give their names.

    Raises OutputError where one can't be written, or isn't any more as it was `before`.
    """
    if project_files(root) != before:
        raise OutputError("pyproject.toml or the requirements files were changed meanwhile: nothing was written, try again")
    written = [name for name in after if after[name] != before[name]]
    with _stops_held(), ExitStack() as all_of_them:
        for name in written:
            file = all_of_them.enter_context(new_file(root / name))
            file.write(after[name].encode())
            file.flush()  # a full disk is met before the first of them gets its name
    return written


def finished(words: Sequence[str], folder: Path, scratch: Path) -> int:
    """Run a step in that folder and give its exit code; SettingError if there is no such program.

    It ends with us, and all that it has started; what it leaves in temporary files lies in the scratch folder.
    """
    unwanted = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")  # of the make that may have started us
    environment = {name: value for name, value in os.environ.items() if name not in unwanted}
    environment |= {"TMPDIR": str(scratch), "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    try:
        with running(words[0], words, folder, environment) as step:
            return step.process.wait()
    except FileNotFoundError:
        raise SettingError(f"{words[0]} is needed, and isn't here: install it") from None


@contextmanager
def _stops_held() -> Iterator[None]:
    """A Ctrl-C or SIGTERM meanwhile is heard at the end of the block."""
    stops = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, stops)
