"""Requests counted by route and status, over all processes of a web server.

prometheus_client keeps each process's numbers in a file under PROMETHEUS_MULTIPROC_DIR, which
deploy/gunicorn.conf.py sets before the site is loaded; without it, one process counts alone.
"""

import os

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

_alone = CollectorRegistry()
REQUESTS = Counter("dvsa_http_requests", "Requests answered", ["route", "status"], registry=_alone)
SECONDS = Histogram(
    "dvsa_http_request_seconds",
    "Seconds until the answer began",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
    registry=_alone,
)


def count(*, route: str, status: int, seconds: float) -> None:
    """Count one request that was answered."""
    REQUESTS.labels(route, str(status)).inc()
    SECONDS.labels(route).observe(seconds)


def exposition() -> bytes:
    """All that was counted, in Prometheus's text format."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(_alone)
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return generate_latest(together)
