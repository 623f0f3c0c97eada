"""The registered model in MLflow: its versions, and the two aliases that say what each is for.

    champion      what serves
    challenger    what doesn't, and is worth watching beside it: refused by the gate, or rolled back from

An alias follows the folder, which changes first: a kill between the two leaves at worst an alias behind, and the next release or
rollback puts it right.
"""

import re
from typing import Any

from scoring.quiet_mlflow import in_one_line
from scoring.tracking import Store

REGISTERED_MODEL = "credit"
CHAMPION, CHALLENGER = "champion", "challenger"
MODEL = "model"
"""Of a run's models, the one that is released: fitted on all rows."""

LONGEST_DESCRIPTION = 5000  # characters: what the column of MLflow's database takes where the database counts
_REST = "\n\n(The rest stands in the release's MODEL_CARD.md.)\n"


class Registry:
    """The versions of the registered model in a store; every method raises TrainingError in one line where it can't be used."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._client = store.client

    def register(self, run_id: str) -> int:
        """The number of the registered version that is the run's model: a new one unless it has one already."""
        source = self._store.model_uri(run_id, MODEL)
        with in_one_line(self._store.uri):
            if not self._named():
                self._client.create_registered_model(REGISTERED_MODEL)
            number = self.version_of(run_id)
            return number or int(self._client.create_model_version(REGISTERED_MODEL, source, run_id=run_id).version)

    def version_of(self, run_id: str) -> int | None:
        """The number of the version that is the run's model, if it is registered here."""
        with in_one_line(self._store.uri):
            found = self._client.search_model_versions(f"name = '{REGISTERED_MODEL}' and run_id = '{run_id}'")
        return min((int(version.version) for version in found), default=None)

    def run_of(self, alias: str) -> str | None:
        """The id of the run whose model has this alias, if any has."""
        number = self.aliases().get(alias)
        if number is None:
            return None
        with in_one_line(self._store.uri):
            return str(self._client.get_model_version(REGISTERED_MODEL, str(number)).run_id)

    def aliases(self) -> dict[str, int]:
        """Alias -> number of the version that has it."""
        with in_one_line(self._store.uri):
            return {alias: int(number) for model in self._named() for alias, number in model.aliases.items()}

    def promote(self, number: int) -> None:
        """Call a version champion, and challenger no longer."""
        self._call(number, CHAMPION, no_longer=CHALLENGER)

    def challenge(self, number: int) -> None:
        """Call a version challenger, in the place of the one that was, and champion no longer."""
        self._call(number, CHALLENGER, no_longer=CHAMPION)

    def describe(self, number: int, card: str) -> None:
        """Give a version its model card for a description, as far as a tracking server's database takes it."""
        with in_one_line(self._store.uri):
            self._client.update_model_version(REGISTERED_MODEL, str(number), description=shortened(card))

    def _call(self, number: int, alias: str, no_longer: str) -> None:
        with in_one_line(self._store.uri):
            self._client.set_registered_model_alias(REGISTERED_MODEL, alias, str(number))
            if self.aliases().get(no_longer) == number:
                self._client.delete_registered_model_alias(REGISTERED_MODEL, no_longer)

    def _named(self) -> list[Any]:
        return list(self._client.search_registered_models(f"name = '{REGISTERED_MODEL}'"))


def shortened(card: str) -> str:
    """The card without its pictures, and, where it is longer than LONGEST_DESCRIPTION, without its last sections: it says so."""
    card = re.sub(r"^!\[.*\n\n?", "", card, flags=re.MULTILINE)
    if len(card) <= LONGEST_DESCRIPTION:
        return card
    end = card.rfind("\n## ", 0, LONGEST_DESCRIPTION - len(_REST))
    return card[:end].rstrip("\n") + _REST
