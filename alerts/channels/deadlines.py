"""An end to every conversation: a peer that sends one byte a second outlives any socket timeout."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def cut_off_after(seconds: float, connection: socket.socket) -> Iterator[None]:
    """Shut the connection down after so many seconds; whoever uses it then gets an error."""
    timer = threading.Timer(seconds, _cut_off, [connection])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cut_off(connection: socket.socket) -> None:
    """Not SSLSocket's own shutdown, which is not meant for a second thread."""
    with suppress(OSError):  # it has ended by itself
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
