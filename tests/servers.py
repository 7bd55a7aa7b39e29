"""Servers of a drill's own, which it may kill: a PostgreSQL cluster and a Redis, started by ./dev's
own code, as the user who may run them."""

import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dvsa_alerts.dev.folders import server_user
from dvsa_alerts.dev.migrated import migrated_cluster
from dvsa_alerts.dev.services import Postgres, Redis


@contextmanager
def own_folder() -> Iterator[Path]:
    """A short path (a socket's may have 107 characters) that the servers' user may write to."""
    user = server_user()
    folder = Path(tempfile.mkdtemp(prefix="drill-", dir="/tmp"))
    shutil.chown(folder, user.pw_uid, user.pw_gid)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class OwnRedis:
    """A Redis that keeps nothing on disk, so a kill empties it."""

    def __init__(self, folder: Path) -> None:
        self._server = Redis(folder, folder)
        self.url = f"redis+socket://{folder}/redis.sock"

    def start(self) -> None:
        """Start it, empty."""
        self._server.start()

    def kill(self) -> None:
        """SIGKILL, as the kernel would when memory runs out."""
        subprocess.run(["kill", f"-{signal.SIGKILL.value}", str(self.process_id())], check=True)
        wait_until(lambda: not self._server.running(), seconds=180)

    def process_id(self) -> int:
        """The number of its process, as it says itself."""
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(str(self._server.socket))
            client.sendall(b"INFO server\r\n")
            text = client.recv(10_000).decode()
        return int(text.partition("process_id:")[2].split()[0])

    def stop(self) -> None:
        """Stop it if it runs."""
        if self._server.running():
            self._server.stop()


class OwnPostgres:
    """A cluster with the roles and extensions that every cluster of ours has; durable.

    A new one, or a copy of that which `./dev` has migrated.
    """

    def __init__(
        self, folder: Path, settings: tuple[str, ...] = (), *, migrated: bool = False
    ) -> None:
        self._server = Postgres(
            folder, folder, ("max_connections=100", "jit=off", *settings), for_tests=True,
            origin=migrated_cluster() if migrated else None,
        )  # fmt: skip
        self.host = str(folder)
        self.data: Path = self._server.data

    def start(self) -> None:
        """Start it and make what is missing."""
        self._server.start()
        self._server.prepare()

    def restart_at_once(self) -> None:
        """`-m immediate`: every session is cut, nothing is written down, recovery by the log."""
        self._server._call("pg_ctl", "restart", "-w", "-m", "immediate", "-D", self._server.data,
                           *self._server._options())  # fmt: skip

    def destroy(self) -> None:
        """The machine is lost, with all that was on its disk."""
        self._server._call("pg_ctl", "stop", "-w", "-m", "immediate", "-D", self.data)
        shutil.rmtree(self.data)

    def start_again(self) -> None:
        """Start what something else has put there."""
        self._server.start()

    def stop(self) -> None:
        """Stop it if it runs."""
        if self._server.running():
            self._server.stop()


def wait_until(true: Callable[[], Any], *, seconds: float, every: float = 0.1) -> bool:
    """Ask until the answer is true; False when the time is up first."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if true():
            return True
        time.sleep(every)
    return bool(true())
