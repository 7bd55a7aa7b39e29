"""gunicorn's settings, for systemd, containers and load tests alike; each can be overridden
on the command line.

Read in the project's folder: `gunicorn -c deploy/gunicorn.conf.py dvsa_alerts.wsgi`.
"""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

# Read when prometheus_client is imported: where the workers' counters of requests are summed.
os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="dvsa-alerts-metrics-"))

from prometheus_client import values

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dvsa_alerts.operations.logs import log_lines
from dvsa_alerts.starting import fit_environment_or_exit

# Which of the services this is: `web` answers people, `ingest` what feeds post.
SERVICE = os.environ.get("WEB_SERVICE", "web")
# No statement of a page may take longer; what a feed posts may be large.
os.environ.setdefault("STATEMENT_SECONDS", "60" if SERVICE == "ingest" else "10")

# Under systemd the socket is handed over and this is not used.
bind = os.environ.get("GUNICORN_BIND", "127.0.0.1:8000")

# A page computes for three times as long as it waits: processes fill the cores, threads the waits
# (docs/decisions/0012-processes-and-threads.md).
worker_class = "dvsa_alerts.web_worker.PatientWorker"
environment = fit_environment_or_exit()
workers = environment.web_concurrency or os.cpu_count() or 1
threads = environment.web_threads

# A worker that does not answer is replaced; one that is asked to end may finish what it serves.
timeout = 60
graceful_timeout = 30
# nginx opens a connection for each request: none idles here that a restart could cut.
keepalive = 0

# A slow leak in any library ends here; not all workers at once.
max_requests = 10_000
max_requests_jitter = 1_000

# The heartbeat files of the workers: in memory, so that a busy disk never looks like a hang.
worker_tmp_dir = "/dev/shm"  # noqa: S108 - gunicorn makes private files there
# A socket for gunicorn's own control tool, which nobody uses here.
control_socket_disable = True

# The site logs each request itself, by its route: gunicorn would log the path and the query.
logconfig_dict = log_lines.configuration(for_people=False)


def on_starting(server: Any) -> None:
    """This service's counters of requests begin at nought with each start of it."""
    for file in Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).glob(f"*_{SERVICE}-*.db"):
        file.unlink()


def pre_fork(server: Any, worker: Any) -> None:
    """Give each worker the lowest place that no living one has."""
    taken = {getattr(other, "place", None) for other in server.WORKERS.values()}
    worker.place = next(place for place in range(len(taken) + 1) if place not in taken)


def post_fork(server: Any, worker: Any) -> None:
    """Its counters go on where its predecessor's ended, in the same file.

    Named after the process, as is usual, the files would grow with every worker replaced.
    """
    place = f"{SERVICE}-{worker.place}"
    values.ValueClass = values.MultiProcessValue(lambda: place)  # type: ignore[no-untyped-call]
