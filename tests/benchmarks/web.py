"""The web server as it runs in production, and a client that keeps its connections."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests import databases, servers

HOST = "127.0.0.1"
# Each request is by one of so many people, each behind an address of their own, as a proxy says.
PEOPLE = 250


class Refused(AssertionError):
    """The server answered something else than what was asked for."""


@dataclass(frozen=True)
class Web:
    """A running server: where it listens, and its workers' process ids."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def workers(self) -> list[int]:
        """The processes that answer."""
        found = subprocess.run(
            ["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True, check=False
        )
        return [int(number) for number in found.stdout.split()]

    def cpu_seconds(self) -> float:
        """Processor time of all its workers so far."""
        tasks = (task for pid in self.workers for task in Path(f"/proc/{pid}/task").iterdir())
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


@contextmanager
def running_web(
    *, workers: int = 1, threads: int = 2, keep_alive: int = 10, **environment: str
) -> Iterator[Web]:
    """Start the server as it is deployed on this process's database, and end it afterwards.

    `keep_alive` is for how many seconds it waits for the next request of a connection.
    """
    port = free_port()
    settled = {"WEB_CONCURRENCY": str(workers), "WEB_THREADS": str(threads)} | environment
    with tempfile.NamedTemporaryFile() as log:
        process = _start(port, keep_alive, log, settled)
        try:
            if not servers.wait_until(lambda: _listens(port), seconds=180):
                raise Refused(Path(log.name).read_text()[-3000:])
            yield Web(port, process)
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()


def _start(port: int, keep_alive: int, log, settled: dict[str, str]) -> subprocess.Popen[bytes]:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.web_settings",
        "DATABASE_URL": databases.url_of(connection.settings_dict["NAME"], "app"),
        "DEBUG": "false",
        "TRUSTED_PROXIES": HOST,
        "SITE_URL": f"http://{HOST}:{port}",
        "GUNICORN_BIND": f"{HOST}:{port}",
    } | settled  # fmt: skip
    manage = (sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0")
    subprocess.run(manage, cwd=settings.BASE_DIR, env=environment, check=True)
    # A worker that is replaced takes with it what it has spent.
    kept = ("--keep-alive", str(keep_alive), "--max-requests", "0")
    words = ("-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "dvsa_alerts.wsgi", *kept)
    return subprocess.Popen(
        [sys.executable, *words],
        cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=subprocess.STDOUT,
    )  # fmt: skip


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex((HOST, port)) == 0


def fetch_all(port: int, paths: Sequence[str], *, connections: int = 2) -> float:
    """Get all paths over so many connections at once; the seconds. Raises Refused."""
    shares = [paths[number::connections] for number in range(connections)]
    began = time.perf_counter()
    with ThreadPoolExecutor(connections) as pool:
        for result in [pool.submit(_fetch, port, share) for share in shares]:
            result.result()
    return time.perf_counter() - began


def _fetch(port: int, paths: Sequence[str]) -> None:
    with Connection(port) as connection:
        for number, path in enumerate(paths):
            connection.get(path, person=number)


class Connection:
    """A connection that is kept: little more than the socket, so that the client costs little."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection((HOST, port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *failed: object) -> None:
        self._socket.close()

    def get(self, path: str, *, person: int = 0) -> bytes:
        """The body of a page; Refused when it isn't answered with 200."""
        address = f"10.0.{person % PEOPLE}.1"
        self._socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nX-Forwarded-For: {address}\r\n\r\n".encode()
        )
        head, body = self._receive()
        if not head.startswith(b"HTTP/1.1 200"):
            raise Refused(f"{path}: {head.splitlines()[0].decode()}")
        return body

    def _receive(self) -> tuple[bytes, bytes]:
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._some()
        head, _, body = received.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        while len(body) < length:
            body += self._some()
        return head, body

    def _some(self) -> bytes:
        some = self._socket.recv(65536)
        if not some:
            raise Refused("the server has hung up")
        return some
