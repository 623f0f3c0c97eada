"""Whether the server in this container is ready, as Docker's HEALTHCHECK asks: exit code 0, or 1 and why in one line.

python -m server.healthcheck                          # the service, on $PORT
python -m server.healthcheck 8501 /_stcore/health     # the pages
"""

import http.client
import os
import sys
from http import HTTPStatus

SECONDS = 4.0  # less than the check is given


def main(port: str = "", path: str = "/health/ready") -> int:
    """Ask the server on `port`, by default $PORT, for `path`."""
    connection = http.client.HTTPConnection("127.0.0.1", int(port or os.environ.get("PORT") or 8000), timeout=SECONDS)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        said = answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return _not_ready(f"nothing answers: {error!r}")
    finally:
        connection.close()
    return 0 if answer.status == HTTPStatus.OK else _not_ready(f"{answer.status} {said}")


def _not_ready(why: str) -> int:
    sys.stdout.write(f"not ready: {' '.join(why.split())}\n")  # Docker keeps it beside the verdict
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
