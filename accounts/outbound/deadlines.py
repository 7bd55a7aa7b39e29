"""An end to every conversation: a peer that sends one byte a second outlives any socket timeout."""

import math
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class _Watch:
    """One thread for all conversations of a process: one for each would cost more than a mail."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._ends: dict[object, tuple[float, socket.socket]] = {}
        self._looks_at = math.inf
        self._thread: threading.Thread | None = None

    def begin(self, connection: socket.socket, until: float) -> object:
        """Watch over a conversation; the answer ends that."""
        key = object()
        with self._changed:
            self._ends[key] = (until, connection)
            if self._thread is None or not self._thread.is_alive():  # also after a fork
                self._thread = threading.Thread(target=self._watch, daemon=True)
                self._thread.start()
            elif until < self._looks_at:
                self._changed.notify()
        return key

    def end(self, key: object) -> bool:
        """The conversation is over; whether it was so before its end."""
        with self._changed:
            return self._ends.pop(key, None) is not None

    def _watch(self) -> None:
        with self._changed:
            while True:
                self._cut_off_overdue()
                self._looks_at = min((until for until, _ in self._ends.values()), default=math.inf)
                wait = self._looks_at - time.monotonic()
                self._changed.wait(None if math.isinf(wait) else max(wait, 0))

    def _cut_off_overdue(self) -> None:
        now = time.monotonic()
        for key, (until, connection) in list(self._ends.items()):
            if until <= now:
                del self._ends[key]
                _cut_off(connection)


_watch = _Watch()


@contextmanager
def cut_off_after(seconds: float, connection: socket.socket) -> Iterator[None]:
    """Shut the connection down after so many seconds; using it then is an error."""
    key = _watch.begin(connection, time.monotonic() + seconds)
    try:
        yield
    finally:
        _watch.end(key)


@contextmanager
def ended_in_time(seconds: float, connection: socket.socket) -> Iterator[None]:
    """Shut the connection down after so many seconds; TimeoutError then, whatever came of it."""
    key = _watch.begin(connection, time.monotonic() + seconds)
    in_time = True
    try:
        yield
    except Exception as error:
        in_time = _watch.end(key)
        if in_time:
            raise
        raise TimeoutError("the time for it was up") from error
    if not _watch.end(key):
        raise TimeoutError("the time for it was up")


def send_at_once(connection: socket.socket) -> None:
    """Hold no small packet back until the one before it is acknowledged, which takes 40 ms."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _cut_off(connection: socket.socket) -> None:
    """Not SSLSocket's own shutdown, which is not meant for a second thread."""
    with suppress(OSError):  # it has ended by itself
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
