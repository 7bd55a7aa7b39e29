"""Lines to servers that can be cut, as a network is: nothing comes through, and nobody is told."""

import socket
import threading
from contextlib import suppress
from pathlib import Path

# A server's place: a unix socket's path, or a port of the loopback address.
Place = str | int


class Line:
    """Listens at `here`, and carries what comes to `there` and back until it is cut."""

    def __init__(self, here: Place, there: Place) -> None:
        self._there = there
        self._whole = threading.Event()
        self._whole.set()
        self._over = False
        self._listener = _listen(here)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens, when that is a port."""
        return int(self._listener.getsockname()[1])

    def cut(self) -> None:
        """From now on what is said is kept, and new callers wait."""
        self._whole.clear()

    def heal(self) -> None:
        """What was kept arrives late, as TCP would deliver it."""
        self._whole.set()

    def close(self) -> None:
        """The end of the line."""
        self._over = True
        self._listener.close()
        self._whole.set()

    def _accept(self) -> None:
        while not self._over:
            with suppress(OSError):
                near, _ = self._listener.accept()
                threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        self._whole.wait()
        try:
            far = _connect(self._there)
        except OSError:
            near.close()
            return
        back = threading.Thread(target=self._pump, args=(far, near), daemon=True)
        back.start()
        self._pump(near, far)

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._whole.wait()
                target.sendall(data)
        self._whole.wait()
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def _listen(here: Place) -> socket.socket:
    if isinstance(here, int):
        return socket.create_server(("127.0.0.1", here))
    Path(here).parent.mkdir(parents=True, exist_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(here)
    listener.listen(100)
    return listener


def _connect(there: Place) -> socket.socket:
    if isinstance(there, int):
        return socket.create_connection(("127.0.0.1", there), 10)
    line = socket.socket(socket.AF_UNIX)
    line.connect(there)
    return line
