"""What .env keeps for whoever serves and reads on this machine."""

from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values


def with_stored(dotenv: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that have a value: the environment's, and of a .env file those that it doesn't have."""
    given = (dotenv_values(dotenv), environment)
    return {name: value for variables in given for name, value in variables.items() if value}
