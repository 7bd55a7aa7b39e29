"""gunicorn's threads, none of which waits long for a client, and half of which for no slow one.

gunicorn reads a request in the thread that serves it: a dozen clients who send a byte a second
would take every thread for as long as they like.
"""

import errno
import socket
import time
from threading import Lock
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

# What may be waited for one request in all, its body included; and for its answer to be taken.
REQUEST_SECONDS = 30.0
ANSWER_SECONDS = 30.0
# Who has been waited for longer is slow.
SLOW_SECONDS = 1.0


class Patience:
    """How many slow clients of one process are waited for at once."""

    def __init__(self, most: int) -> None:
        self._most, self._slow, self._lock = most, 0, Lock()

    def begin(self) -> bool:
        """Whether one more may be waited for; who may has to `end` it."""
        with self._lock:
            if self._slow >= self._most:
                return False
            self._slow += 1
            return True

    def end(self) -> None:
        """One is waited for no longer."""
        with self._lock:
            self._slow -= 1


class Line:
    """A client's socket; ConnectionResetError for one whose request takes too long to arrive."""

    def __init__(self, line: socket.socket, patience: Patience) -> None:
        self._line, self._patience = line, patience
        self._waited, self._is_slow = 0.0, False

    def __getattr__(self, name: str) -> Any:
        """All else is the socket's own."""
        return getattr(self._line, name)

    def recv(self, size: int) -> bytes:
        """Receive within what is left of the patience, unless the caller has set a time."""
        if self._line.gettimeout() is not None:
            return self._line.recv(size)
        try:
            while True:
                self._line.settimeout(self._seconds_left())
                began = time.monotonic()
                try:
                    return self._line.recv(size)
                except TimeoutError:
                    continue
                finally:
                    self._waited += time.monotonic() - began
        finally:
            self._line.settimeout(None)

    def sendall(self, data: bytes) -> None:
        """Send, or TimeoutError for a client who takes nothing."""
        self._line.settimeout(ANSWER_SECONDS)
        try:
            self._line.sendall(data)
        finally:
            self._line.settimeout(None)

    def end(self) -> None:
        """The request was served: the next is waited for afresh."""
        if self._is_slow:
            self._patience.end()
        self._waited, self._is_slow = 0.0, False

    def _seconds_left(self) -> float:
        if self._waited < SLOW_SECONDS:
            return SLOW_SECONDS - self._waited
        if not self._is_slow:
            self._is_slow = self._patience.begin()
        left = REQUEST_SECONDS - self._waited if self._is_slow else 0
        if left <= 0:
            raise ConnectionResetError(errno.ECONNRESET, "the request took too long to arrive")
        return left


class PatientWorker(ThreadWorker):
    """gunicorn's worker with threads, where slow clients hold at most half of them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.patience = Patience(max(1, self.cfg.threads // 2))

    def handle(self, conn: TConn) -> Any:
        """Serve what comes over a connection, in a thread."""
        if not isinstance(conn.sock, Line):
            conn.sock = Line(conn.sock, self.patience)
        try:
            return super().handle(conn)
        finally:
            conn.sock.end()
