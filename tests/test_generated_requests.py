"""Requests made of the API's own description: the service does as it says."""

from pathlib import Path

import pytest

from tests.robustness.generated import OF_ONE_KIND, generated


@pytest.mark.faults  # two minutes
def test_every_answer_to_a_request_that_is_made_of_the_description_is_as_described(tmp_path: Path) -> None:
    made = generated(tmp_path, examples=30, without=OF_ONE_KIND)
    assert not made.failures
    assert made.requests >= 2000
