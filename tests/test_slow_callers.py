"""Callers who take their time hold up nobody but themselves.

`python -m tests.robustness` holds the service to a second; here it is shown that nobody waits for a slow one to be given up.
"""

from collections.abc import Iterator

import pytest

from server.connection import SILENCE
from tests.serving import Server, serving
from tests.slow_callers import MANNERS, Manner, slowest_answer

SECONDS = SILENCE + 1
"""Longer than the server's patience, so that some of them come a second time."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("slow")) as running:
        yield running


@pytest.mark.parametrize("manner", MANNERS, ids=lambda manner: manner.__name__)
def test_a_hundred_slow_callers_keep_nobody_waiting(server: Server, manner: Manner) -> None:
    assert slowest_answer(server, manner, 100, SECONDS) < SILENCE / 2
