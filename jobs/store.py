"""Where the runs are: the option that the commands around MLflow share."""

import argparse
import os

from scoring.settings import Settings


def add_tracking_uri(parser: argparse.ArgumentParser) -> None:
    """The option that says where the runs are."""
    parser.add_argument("--tracking-uri", metavar="URI", help="of the MLflow server or database, over MLFLOW_TRACKING_URI")


def tracking_uri(arguments: argparse.Namespace) -> str:
    """The address that the option, the environment or the default names."""
    return arguments.tracking_uri or Settings.from_env(os.environ).tracking_uri
