"""What the decision log costs: python -m benchmarks.log_throughput [--seconds 4] [--rounds 7] [--connections 16]
[--postgres URL].

POST /predict of one client at a time on real gunicorn with the log off, with the log, and with a commit for each request; of the
two workers, each holds half of the connections. All servers run from the start, and one at a time has the load: what the machine
does besides falls on every one of them, so the ratios within a round tell more than the figures. The databases are fresh ones,
gone at the end; --postgres is the address of any database of a server on which we may create others.
"""

import argparse
import json
import statistics
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import make_url, text

from benchmarks.load import Measured, measure
from scoring.settings import ROOT
from tests.databases import administered, new_database, upgraded
from tests.serving import KEY, PROGRAMS, Server, serving

OFF = "log off"
REAL, EACH = "the log", "a commit each"
SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
ENTRIES = {REAL: "app:from_environment()", EACH: "benchmarks.log_throughput_app:committing_each()"}
"""What gunicorn serves, with a database of its own."""
IN_MEMORY = {"tmpfs", "ramfs"}

Rounds = Mapping[str, Sequence[Measured]]
"""By variant, what was measured in each round."""


@dataclass(frozen=True, slots=True)
class Arguments:
    seconds: float
    rounds: int
    connections: int
    postgres: str | None

    @classmethod
    def parse(cls) -> "Arguments":
        """What the command line says."""
        parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
        parser.add_argument("--seconds", type=float, default=4)
        parser.add_argument("--rounds", type=int, default=7)
        parser.add_argument("--connections", type=int, default=16)
        parser.add_argument("--postgres", metavar="URL")
        return cls(**vars(parser.parse_args()))


def main() -> None:
    """Start the servers, load them in turn, and say what they did."""
    arguments = Arguments.parse()
    var = ROOT / "var"  # where the log is by default, so on the same disk
    var.mkdir(exist_ok=True)
    with TemporaryDirectory(dir=var, prefix="log_throughput.") as folder, ExitStack() as stack:
        print(f"{SQLITE} lies on {file_system(Path(folder))}")
        servers = dict(start(Path(folder), arguments.postgres, stack))
        rounds = take_rounds(servers, arguments)
        print_medians(rounds)
        print_ratios(rounds)
        check(servers, rounds)


def file_system(folder: Path) -> str:
    """The kind and device under a folder; a commit to memory would say nothing."""
    output = subprocess.run(["df", "--output=fstype,source", folder], capture_output=True, text=True, check=True).stdout
    kind, device = output.splitlines()[1].split()
    if kind in IN_MEMORY:
        raise SystemExit(f"error: {folder} is in memory ({kind}): a commit there costs nothing")
    return f"{kind} ({device})"


def start(folder: Path, postgres: str | None, stack: ExitStack) -> Iterator[tuple[str, Server]]:
    """Every variant's server, running until the stack is closed."""
    yield OFF, stack.enter_context(gunicorn(folder / OFF, "benchmarks.log_throughput_app:discarding()"))
    for name, entry in ENTRIES.items():
        variant = f"{name}, {SQLITE}"
        yield variant, stack.enter_context(gunicorn(folder / variant, entry))
        if postgres:
            variant = f"{name}, {POSTGRESQL}"
            url = stack.enter_context(fresh_database(postgres))
            yield variant, stack.enter_context(gunicorn(folder / variant, entry, DATABASE_URL=url))


@contextmanager
def gunicorn(folder: Path, entry: str, **environment: str) -> Iterator[Server]:
    """The project's gunicorn with that entry and, whatever the environment says, two workers."""
    folder.mkdir()
    # A worker that is replaced closes its connections.
    with serving(folder, [str(PROGRAMS / "gunicorn"), entry], "--max-requests 0", WEB_CONCURRENCY="2", **environment) as server:
        yield server


@contextmanager
def fresh_database(server: str) -> Iterator[str]:
    """The address of a database with the log's tables, gone when the block ends."""
    url = new_database(server)
    try:
        upgraded(url).close()
        yield url
    finally:
        with administered(server) as connection:
            connection.execute(text(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)'))


def take_rounds(servers: Mapping[str, Server], arguments: Arguments) -> Rounds:
    """Load each server once a round, each round beginning with another."""
    requests = [request_of(client) for client in json.loads((ROOT / "data" / "demo_clients.json").read_text())]
    size = f"requests of {statistics.median(map(len, requests)):.0f} bytes"
    print(f"{arguments.connections} connections, {arguments.rounds} rounds of {arguments.seconds:g} s, {size}")
    names = list(servers)
    rounds: dict[str, list[Measured]] = {name: [] for name in names}
    for number in range(arguments.rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            server = servers[name]
            measured = measure(server.process.pid, server.port, requests, arguments.connections, arguments.seconds)
            rounds[name].append(measured)
    return rounds


def request_of(client: object) -> bytes:
    """The whole request for one decision."""
    body = json.dumps(client, separators=(",", ":")).encode()
    lines = ["POST /predict HTTP/1.1", "Host: localhost", f"x-api-key: {KEY}", "Content-Type: application/json"]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def print_medians(rounds: Rounds) -> None:
    """Each variant's medians over the rounds."""
    print(f"\n{'medians of the rounds':26} {'req/s':>7} {'p50 ms':>7} {'p99 ms':>7}")
    for name, measured in rounds.items():
        per_second = statistics.median(one.per_second for one in measured)
        p50, p99 = statistics.median(one.p50 for one in measured), statistics.median(one.p99 for one in measured)
        print(f"{name:26} {per_second:7.0f} {p50:7.1f} {p99:7.1f}")


def print_ratios(rounds: Rounds) -> None:
    """The log's throughput over that without one, and over that with a commit for each request: median and range."""
    print(f"\n{'ratios within a round':50} {'median':>6} {'range':>12}")
    for kind in (SQLITE, POSTGRESQL):
        real = f"{REAL}, {kind}"
        for other in (OFF, f"{EACH}, {kind}") if real in rounds else ():
            ratios = [one.per_second / than.per_second for one, than in zip(rounds[real], rounds[other], strict=True)]
            print(f"{real + ' / ' + other:50} {statistics.median(ratios):6.2f} {min(ratios):5.2f} to {max(ratios):4.2f}")


def check(servers: Mapping[str, Server], rounds: Rounds) -> None:
    """Say whether each log holds what was answered, no more and no less; ends with an error where one doesn't."""
    print()
    wrong = False
    for name, server in servers.items():
        answered = sum(one.answered for one in rounds[name])
        logged, spooled = len(server.logged()) if name != OFF else 0, len(list(server.spool.glob("*")))
        print(f"{name:26} {answered:7} answered {logged:7} logged" + (f" {spooled} files in the spool" if spooled else ""))
        wrong = wrong or bool(spooled) or (name != OFF and logged != answered)
    if wrong:
        raise SystemExit("error: a log doesn't hold exactly what was answered")


if __name__ == "__main__":
    main()
