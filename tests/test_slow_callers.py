"""Callers who take their time hold up nobody but themselves."""

from collections.abc import Iterator

import pytest

from tests.serving import Server, serving
from tests.slow_callers import MANNERS, Manner, slowest_answer

SECONDS = 6.0
"""Longer than the server's patience, so that some of them come a second time."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("slow")) as running:
        yield running


@pytest.mark.parametrize("manner", MANNERS, ids=lambda manner: manner.__name__)
def test_thirty_slow_callers_keep_nobody_from_an_answer_within_a_second(server: Server, manner: Manner) -> None:
    assert slowest_answer(server, manner, 30, SECONDS) < 1
