"""How gunicorn serves the app, on a Heroku dyno and under `make serve` alike; it reads this file by itself.

`bind` is left to gunicorn: 0.0.0.0:$PORT where PORT is set, as Heroku wants it, else 127.0.0.1:8000. The access log is the app's.
"""

import os

# Before the app, and with it LightGBM, is imported: OpenMP's threads don't survive the fork that follows `preload_app`, and
# the first prediction in a worker would wait for them for ever. One row gains nothing from more threads anyway.
os.environ["OMP_NUM_THREADS"] = "1"

from api import memory
from scoring.errors import SettingError
from scoring.settings import Settings
from server import metrics_files
from server.worker import PatientWorker

try:
    settings = Settings.from_env(os.environ)
except SettingError as error:
    raise SystemExit(f"error: {error.message}") from None

memory.keep_little()

# Before the app makes its counters, too.
_files = metrics_files.prepare()
pre_fork = _files.give_slot
post_fork = _files.take_slot

# The model is loaded and checked once, before the first worker: a bad one stops the start, and workers share its memory.
preload_app = True

# WEB_CONCURRENCY, which Heroku sets to what the dyno's memory holds.
workers = settings.workers

# gthread, but no thread is given to a caller who has yet to say what he wants. In threads requests wait for their bodies and for
# the decision log's commit, and hold little meanwhile; server.connection lets a part of them wait for callers.
worker_class = PatientWorker
threads = 64
worker_connections = 500

# Whatever a worker should gather over time goes with it; not all of them at once.
max_requests = 20_000
max_requests_jitter = 5_000

# Heroku's router gives up after 30 s, and a dyno told to stop is killed after 30 s: be done before.
timeout = 25
graceful_timeout = 25

# Heroku's router drops an idle connection after 90 s; were we first, a request could meet a closing one.
keepalive = 95

# Workers touch a file to show that they live: on a disk that may block for long, in memory not.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108  # gunicorn makes its own private file there

# Nobody steers this server through a socket in the home folder.
control_socket_disable = True

# By default a peer on this machine may name the path's prefix in a header, and with it the path that the key is asked for.
forwarder_headers = ""
