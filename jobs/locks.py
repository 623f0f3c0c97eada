"""What requirements files lock, how two locks differ, and how a pin is opened and named anew: text in, text out."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Versions = tuple[str, ...]
"""Of one package: several where the lock tells Pythons or platforms apart, none where it doesn't have it."""


@dataclass(frozen=True, slots=True)
class Change:
    """A package whose versions two locks see otherwise, and the requirements files that do."""

    name: str
    before: Versions
    after: Versions
    files: tuple[str, ...]

    def __str__(self) -> str:
        where = f" ({', '.join(self.files)})"
        if not self.before:
            return f"{self.name} {_either(self.after)} comes along{where}"
        if not self.after:
            return f"{self.name} {_either(self.before)} goes{where}"
        return f"{self.name} {_either(self.before)} -> {_either(self.after)}{where}"


def canonical(name: str) -> str:
    """A package's name as locks spell it."""
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


def locked(text: str) -> dict[str, Versions]:
    """The versions that a requirements file locks, by the package's name without extras; each once, in the file's order."""
    found: dict[str, Versions] = {}
    for name, version in re.findall(r"^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", text, re.MULTILINE):
        before = found.get(canonical(name), ())
        found[canonical(name)] = before if version in before else (*before, version)
    return found


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """How the requirements files among two sets of the same files (name -> text) differ in versions, sorted by package."""
    files: dict[tuple[str, Versions, Versions], list[str]] = {}
    for file in sorted(name for name in before if name.endswith(".txt")):
        old, new = locked(before[file]), locked(after[file])
        for name in old.keys() | new.keys():
            if set(there := old.get(name, ())) != set(then := new.get(name, ())):
                files.setdefault((name, there, then), []).append(file)
    return [Change(*key, tuple(where)) for key, where in sorted(files.items())]


def opened(text: str, names: Iterable[str]) -> str:
    """A pyproject.toml or .in file that asks for those packages' pinned versions or newer; the rest stays, comments and all."""
    for name in names:
        text = _pin(name).sub(r"\g<asked>>=\g<version>", text)
    return text


def pinned(text: str, name: str, version: str) -> str:
    """The file with another version in the place of the one that it names of that package."""
    return _pin(name).sub(rf"\g<asked>=={version}", text)


def _pin(name: str) -> re.Pattern[str]:
    """A requirement that begins a line or a string: what is asked for, with its extras, and its version."""
    spelled = re.escape(name).replace(r"\-", "[-_.]+")
    asked = rf"""(?P<asked>(?:^|["'])[ \t]*{spelled}[ \t]*(?:\[[^\]\n]*\])?)"""
    return re.compile(rf"""{asked}[ \t]*==[ \t]*(?P<version>[^\s"',;#*]+)(?![^\s"',;#])""", re.IGNORECASE | re.MULTILINE)


def _either(versions: Versions) -> str:
    return " or ".join(versions)
