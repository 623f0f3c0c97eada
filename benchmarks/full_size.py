"""Whether a folder of any size can be trained on: python -m benchmarks.full_size --data DIR [--candidates NAME,NAME].

Prints what reading the tables takes, then for each candidate the seconds and the most memory of one fit on all clients, each in a
process of its own that has the clients already. A training fits every candidate twelve times, one after the other.
"""

import argparse
import os
import resource
import time
from pathlib import Path

from scoring.records import read_training
from scoring.training.candidates import Candidate, named
from scoring.training.clients import Clients, clients_of

GIGABYTE = 1e6  # of kilobytes, in which Linux counts


def main() -> None:
    """Measure reading and every candidate's fit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--candidates")
    arguments = parser.parse_args()
    began = time.perf_counter()
    clients = clients_of(read_training(arguments.data))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / GIGABYTE
    print(f"{'read':26} {len(clients.y):9,} clients {time.perf_counter() - began:7.0f} s {most:6.1f} GB", flush=True)
    for candidate in named(arguments.candidates):
        began = time.perf_counter()
        most = fitted_apart(candidate, clients)
        print(f"{candidate.name:26} {len(clients.y):9,} clients {time.perf_counter() - began:7.0f} s {most:6.1f} GB", flush=True)


def fitted_apart(candidate: Candidate, clients: Clients) -> float:
    """The most gigabytes that a process held which fitted the candidate; the clients, which it shares, among them."""
    process = os.fork()
    if not process:
        model = candidate.make(0)
        given = getattr(model, "pipeline", model)  # of a resampled one the pipeline, without its folds
        given.set_params(**({"n_folds": 1} if "n_folds" in given.get_params() else {})).fit(clients.X, clients.y)
        os._exit(0)
    _, status, used = os.wait4(process, 0)
    if status:
        raise SystemExit(f"{candidate.name} did not fit: status {status}")
    return used.ru_maxrss / GIGABYTE


if __name__ == "__main__":
    main()
