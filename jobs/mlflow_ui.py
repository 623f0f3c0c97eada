"""Look at the runs in a browser: starts MLflow's own pages on 127.0.0.1 and stays until Ctrl-C.

python -m jobs.mlflow_ui
python -m jobs.mlflow_ui --port 5001
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence

from jobs import command
from jobs.ports import try_port
from jobs.store import add_tracking_uri, tracking_uri
from scoring.errors import SettingError

HOST = "127.0.0.1"


def main(argv: Sequence[str] | None = None) -> int:
    parser = command.Parser(__doc__)
    parser.add_argument("--port", type=int, default=5000, help="default 5000")
    add_tracking_uri(parser)
    return command.run(_mlflow_ui, parser, argv)


def _mlflow_ui(arguments: argparse.Namespace) -> int:
    from scoring.quiet_mlflow import environment, without_password
    from scoring.tracking import Store

    uri = tracking_uri(arguments)
    if uri.startswith(("http://", "https://")):
        raise SettingError(f"the runs are on a server with pages of its own: open {without_password(uri)}")
    Store(uri, create=False)
    try:
        try_port(HOST, arguments.port)
    except (OSError, OverflowError) as error:
        raise SettingError(f"port {arguments.port} can't be used ({error}): choose another with --port") from error
    print(f"http://{HOST}:{arguments.port} (Ctrl-C stops it)", flush=True)
    server = [sys.executable, "-m", "mlflow", "ui", "--host", HOST, "--port", str(arguments.port), "--workers", "1"]
    # The address may hold a password, and everyone on the machine sees a process's arguments.
    variables = environment(os.environ) | {"MLFLOW_BACKEND_STORE_URI": uri}
    with subprocess.Popen(server, env=variables) as process:  # noqa: S603  # our own arguments
        try:
            return process.wait()
        except KeyboardInterrupt:
            return command.DONE
        finally:
            process.terminate()


if __name__ == "__main__":
    sys.exit(main())
