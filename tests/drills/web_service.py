"""The web service as systemd runs it: a socket that outlives the process, and load upon it."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

HAND_OVER = 'exec 3<&$0; LISTEN_PID=$$ exec "$@"'
ASK = b"GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


class WebService:
    """gunicorn on a socket that is ours, as dvsa-alerts-web.socket and .service have it."""

    def __init__(self, folder: Path) -> None:
        self.address = str(folder / "web.sock")
        self.log = folder / "web.log"
        self._metrics = str(folder)
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(self.address)
        self._socket.listen(2048)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Hand the socket over as the third file, as sd_listen_fds(3) says."""
        gunicorn = ("-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "dvsa_alerts.wsgi")
        told = {
            "LISTEN_FDS": "1", "DEBUG": "false", "WEB_CONCURRENCY": "2",
            "PROMETHEUS_MULTIPROC_DIR": self._metrics,
        }  # fmt: skip
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                ["bash", "-c", HAND_OVER, str(self._socket.fileno()), sys.executable, *gunicorn],
                cwd=settings.BASE_DIR, env=os.environ | told, stdout=output, stderr=output,
                pass_fds=(self._socket.fileno(),), start_new_session=True,
            )  # fmt: skip

    def reload(self) -> None:
        """`systemctl reload`: new workers, then the old ones end."""
        assert self.process is not None
        self.process.send_signal(signal.SIGHUP)

    def restart(self) -> None:
        """`systemctl restart`: it ends when it has answered what it had accepted, and starts."""
        self.stop()
        self.start()

    def stop(self) -> None:
        """Ask it to end, and wait for that."""
        assert self.process is not None
        self.process.terminate()
        self.process.wait(60)

    def close(self) -> None:
        """The end of the socket too."""
        self.stop()
        self._socket.close()

    def workers_started(self) -> int:
        """How many worker processes there have been in all."""
        return self.log.read_text().count("Booting worker")


@dataclass
class Load:
    """Clients that ask one thing after another, each on a connection of its own, as nginx does."""

    address: str
    paths: tuple[bytes, ...]
    clients: int
    answered: int = 0
    failed: list[str] = field(default_factory=list)
    longest: float = 0.0

    def __enter__(self) -> "Load":
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._ask_on) for _ in range(self.clients)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(90)

    def _ask_on(self) -> None:
        while not self._over.is_set():
            for path in self.paths:
                self._ask(path)

    def _ask(self, path: bytes) -> None:
        began = time.monotonic()
        try:
            answer = ask(self.address, path)
        except OSError as error:
            self.failed.append(f"{path!r}: {error!r}")
            return
        self.longest = max(self.longest, time.monotonic() - began)
        if answer.startswith(b"HTTP/1.1 200 ") and answer.endswith((b"</html>\n", b"ok\n")):
            self.answered += 1
        else:
            self.failed.append(f"{path!r}: {answer[:60]!r}")


def ask(address: str, path: bytes) -> bytes:
    """One request and its whole answer; OSError when the line breaks."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(75)
        line.connect(address)
        line.sendall(ASK % path)
        return b"".join(iter(lambda: line.recv(65536), b""))
