"""What a visitor's batch page remembers, whichever page is shown: the file, its clients, what becomes of them."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

from dashboard.answers import Decision, Field
from dashboard.batch import Batch
from dashboard.reading import Clients, read_clients
from dashboard.service import SIMULATION, Record, Service

MOST_CLIENTS = 50_000
"""In one file: their records are held in memory, as long as the visitor is there."""
AT_ONCE = 1.0
"""Seconds that a page waits for a file to be read, before it says that it is."""
PATIENCE = 30.0
"""Seconds that a request for many decisions may take: nobody waits before an empty page for it."""


@dataclass(slots=True)
class Job:
    """A file that was dropped; none as long as it has no name."""

    name: str = ""
    content: bytes = b""
    simulation: bool = False
    batch: Batch | None = None
    table: bytes = b""
    """The decisions as a file, and of how many (`rows`): made once."""
    rows: int = 0
    _reading: Future[Clients] | None = None

    @property
    def running(self) -> bool:
        return self.batch is not None and self.batch.progress.running

    def clients(self, fields: Sequence[Field]) -> Clients | None:
        """What the file holds, read in a thread of its own; None as long as that takes. Raises BadFile."""
        if self._reading is None:
            pool = ThreadPoolExecutor(1, "reading")
            self._reading = pool.submit(read_clients, self.name, self.content, fields, MOST_CLIENTS)
            pool.shutdown(wait=False)
            wait([self._reading], AT_ONCE)
        if not self._reading.done():
            return None
        self.content = b""  # of what was read the records are held
        return self._reading.result()

    def begin(self, service: Service, model_version: str, records: Sequence[Record], simulation: bool) -> None:
        """Have them decided."""
        patient = replace(service, patience=PATIENCE)

        def decide(chunk: Sequence[Record], key: str) -> list[Decision]:
            return patient.decide_many(chunk, key, simulation)

        self.simulation = simulation
        self.table, self.rows = b"", 0
        self.batch = Batch(records, decide, f"{model_version}\n{SIMULATION if simulation else ''}")
        self.batch.resume()
