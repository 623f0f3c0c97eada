"""How often drift is seen where there is none, and where there is some: python -m benchmarks.drift --data DIR prints it. Options:

    --document docs/monitoring.md     writes it there, between its two marks

Clients are drawn with replacement from the application forms of DIR, train and test together: two draws from one population don't
drift. The reference has as many clients as the released model was trained on. Takes some minutes.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from jobs.document import fill
from scoring.drift.comparison import Drift, compare
from scoring.drift.settings import Settings, read_settings
from scoring.drift.side import Side, remembered, side
from scoring.explaining.importance import read_importance
from scoring.explaining.profile import read_profile
from scoring.fields import BY_NAME
from scoring.markdown import table
from scoring.records import read_sample
from tests.conftest import LATEST

QUIET, SHIFTED = {1_000: 100, 10_000: 20, 100_000: 5}, 300
"""Comparisons without drift, by how many clients; and a field with it."""
SMALLEST = 1_000  # clients
SHIFT = 0.25  # standard deviations
DRIVERS = 8
MARK = "<!-- drift -->"

Columns = Mapping[str, NDArray[Any]]


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder of application_train and _test")
    parser.add_argument("--document", type=Path, metavar="FILE", help="write it between this file's marks")
    arguments = parser.parse_args(argv)
    fill(arguments.document, MARK, lambda: _measured(arguments.data), "how often drift is seen")
    return 0


def _measured(folder: Path) -> str:
    trial = _Trial(folder)
    return "\n".join([*trial.quiet(), "", *trial.shifted(), ""])


class _Trial:
    """The population, the reference's size, and the settings that are tried."""

    def __init__(self, folder: Path) -> None:
        self.settings = read_settings()
        train, self.trained, _ = read_sample(folder, "application_train", sys.maxsize, 0)
        test, _, _ = read_sample(folder, "application_test", sys.maxsize, 0)
        self.train = side("train", self.trained, train).columns
        self.population = side("all", 0, {name: np.concatenate([train[name], test[name]]) for name in train}).columns
        self.weights = read_importance((LATEST / "importance.json").read_bytes()).shares()
        self.profile = read_profile((LATEST / "reference.json").read_bytes())
        self.rng = np.random.default_rng(0)

    def draw(self, count: int, columns: Columns) -> Side:
        """So many clients, with replacement."""
        rows = self.rng.integers(0, len(next(iter(columns.values()))), count)
        return Side("drawn", count, {name: values[rows] for name, values in columns.items()})

    def compared(self, current: Side, settings: Settings, reference: Side | None = None) -> Drift:
        return compare(reference or self.draw(self.trained, self.population), current, self.weights, settings)

    def quiet(self) -> list[str]:
        """Without drift: which share of fields and of reports is flagged, by our settings and by half of them."""
        settings = self.settings
        remains = remembered(self.profile, "profile", settings.sample, settings.seed, None)
        ways: dict[str, Callable[[int], Drift]] = {
            "as drift.toml has it": lambda n: self.compared(self.draw(n, self.population), settings),
            "so, against what the release remembers": lambda n: self.compared(self.draw(n, self.train), settings, remains),
            "a 5% test alone": lambda n: self.compared(self.draw(n, self.population), _only(settings, limit=1e-9, chance=0.05)),
            "the limit alone": lambda n: self.compared(self.draw(n, self.population), _only(settings, limit=0.05, chance=0.999)),
        }
        rows = []
        for size, count in QUIET.items():
            found = {way: [make(size) for _ in tqdm(range(count), desc=f"{size:,}", leave=False)] for way, make in ways.items()}
            flagged = [np.mean([len(drift.drifted) / len(drift.fields) for drift in drifts]) for drifts in found.values()]
            alarms = np.mean([drift.alarm for drift in found["as drift.toml has it"]])
            rows.append([f"{size:,}", *(f"{share:.1%}" for share in flagged), f"{alarms:.0%}"])
        heads = ["clients", *(f"fields flagged, {way}" for way in ways), "reports with an alarm, as drift.toml has it"]
        return table(heads, rows)

    def shifted(self) -> list[str]:
        """With a shift of each main driver alone: how often it is found, and the alarm raised."""
        numbers = [name for name in self.weights if name in self.population and BY_NAME[name].type == "number"]
        rows = []
        for name in tqdm(sorted(numbers, key=lambda one: -self.weights[one])[:DRIVERS], desc="shifted", leave=False):
            before = {name: self.population[name]}
            after = {name: before[name] + SHIFT * np.nanstd(before[name])}
            drifts = [
                self.compared(self.draw(SMALLEST, after), self.settings, self.draw(self.trained, before)) for _ in range(SHIFTED)
            ]
            found = np.mean([bool(drift.drifted) for drift in drifts])
            alarms = np.mean([drift.alarm for drift in drifts])
            known = f"{np.mean(~np.isnan(before[name])):.0%}"
            rows.append([f"`{name}`", f"{self.weights[name]:.1%}", known, f"{found:.1%}", f"{alarms:.1%}"])
        return table(["field", "importance", "known", f"found, {SMALLEST:,} clients", "alarm raised"], rows)


def _only(settings: Settings, *, limit: float, chance: float) -> Settings:
    """The settings with one half of a rule taken out: a limit that nothing reaches, or chance that explains nothing."""
    rule = msgspec.structs.replace(settings.rule, limit=limit)
    return msgspec.structs.replace(settings, rule=rule, chance=chance, fields={})


if __name__ == "__main__":
    sys.exit(main())
