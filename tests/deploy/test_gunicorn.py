"""gunicorn with our settings: requests are counted over its workers, and every line is JSON."""

import json
import os
import re
import signal
import urllib.request
from contextlib import contextmanager
from urllib.error import HTTPError

import pytest

from tests.drills.senders import Program
from tests.journeys.site import answers, free_port
from tests.servers import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("static_files")]


@contextmanager
def gunicorn(folder, **environment):
    """Two processes behind a port, as in production but without TLS."""
    port = free_port()
    told = {"DEBUG": "false", "PROMETHEUS_MULTIPROC_DIR": str(folder), "WEB_CONCURRENCY": "2"}
    program = Program(
        "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "dvsa_alerts.wsgi",
        log=folder / "web.log", GUNICORN_BIND=f"127.0.0.1:{port}", **(told | environment),
    )  # fmt: skip
    try:
        assert wait_until(lambda: answers(port), seconds=180), program.said()
        yield program, f"http://127.0.0.1:{port}"
    finally:
        program.stop()


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def counted(url: str) -> int:
    found = re.search(r'requests_total{route="healthz",status="200"} (\d+)', get(url)[1])
    return int(found[1]) if found else 0


def test_requests_are_counted_over_all_workers_and_their_successors(tmp_path):
    with gunicorn(tmp_path) as (program, url):
        for _ in range(20):
            assert get(f"{url}/healthz")[0] == 200
        assert counted(f"{url}/metrics") == 20
        for worker in program.children():
            os.kill(worker, signal.SIGKILL)
        assert wait_until(lambda: _ok(f"{url}/healthz"), seconds=180)
        assert counted(f"{url}/metrics") >= 21
        files = [path.name for path in tmp_path.glob("*.db")]
        assert len(files) <= 4, "each successor is to go on with its predecessor's files"


def _ok(url: str) -> bool:
    try:
        return get(url)[0] == 200
    except OSError:
        return False


def test_every_line_is_a_json_object_from_the_start_to_the_end(tmp_path):
    with gunicorn(tmp_path) as (program, url):
        get(f"{url}/slots/?postcode=IG3+9UZ")
        get(f"{url}/unsubscribe/WzEsWzJdXQ:5nHqgq3PzF0/")
    lines = [json.loads(line) for line in program.said().splitlines()]
    assert {"gunicorn.error", "requests"} <= {line["logger"] for line in lines}, program.said()
    routes = [line.get("route") for line in lines if line["logger"] == "requests"]
    assert routes == ["slots/", "unsubscribe/<str:token>/"]
    assert "IG3" not in program.said()
    assert "5nHqgq3PzF0" not in program.said()
