"""Fetching from an address that a stranger has named: https, public addresses, bounded in all.

No proxy of the environment is used, and no redirect followed: either could lead elsewhere.
"""

import http.client
import socket
import ssl
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import IO, Any
from urllib.parse import urlsplit

from django.conf import settings

from slots.content_encoding import read_codings
from slots.fetching.public_addresses import connect_public

CONNECT_SECONDS = 10.0
TOTAL_SECONDS = 30.0
PIECE = 64 * 1024
KEPT_IN_MEMORY = 1024 * 1024


class FetchError(Exception):
    """Nothing came that can be used; the sentence says why."""


@dataclass(frozen=True)
class Fetched:
    """An answer: 200 with its body as a file at its start, or 304 with an empty one.

    The names of `headers` are in lower case.
    """

    status: int
    headers: Mapping[str, str]
    body: IO[bytes]


@contextmanager
def fetch(
    url: str,
    *,
    headers: Mapping[str, str],
    max_bytes: int,
    seconds: float = TOTAL_SECONDS,
) -> Iterator[Fetched]:
    """GET an https address; the name's look-up aside, all takes at most `seconds`.

    Raises FetchError for anything but a whole 200 or 304 of at most `max_bytes`.
    """
    with tempfile.SpooledTemporaryFile(KEPT_IN_MEMORY) as body:
        try:
            status, found = _get(url, headers, body, max_bytes, seconds)
        except TimeoutError as error:
            raise FetchError(f"no whole answer came within {seconds:g} seconds") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise FetchError(f"{type(error).__name__}: {error}"[:500]) from error
        body.seek(0)
        yield Fetched(status, found, body)


def _get(
    url: str, headers: Mapping[str, str], body: Any, max_bytes: int, seconds: float
) -> tuple[int, Mapping[str, str]]:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise FetchError("only https addresses are fetched")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = _PublicConnection(parts.hostname, parts.port or 443, seconds)
    with closing(connection), connection.ended_in_time():
        connection.request("GET", target, headers={**headers, "Accept-Encoding": "identity"})
        response = connection.getresponse()
        _need_usable(response, max_bytes)
        _copy(response, body, max_bytes)
        return response.status, {name.lower(): value for name, value in response.headers.items()}


class _PublicConnection(http.client.HTTPSConnection):
    """Connects to public addresses only, and is cut off when its time is up."""

    def __init__(self, host: str, port: int, seconds: float) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(host, port, context=self._tls)
        self._seconds = seconds
        self._wire: ssl.SSLSocket | None = None
        self._expired = False

    def connect(self) -> None:
        """Connect to the checked address, then shake hands with the name that was asked for."""
        bare = connect_public(
            self.host,
            self.port,
            timeout=min(CONNECT_SECONDS, self._seconds),
            allow_loopback=settings.OUTBOUND_ALLOW_LOOPBACK,
        )
        self._wire = self.sock = self._tls.wrap_socket(
            bare, server_hostname=self.host, do_handshake_on_connect=False
        )
        if self._expired:
            raise TimeoutError
        self._wire.do_handshake()

    @contextmanager
    def ended_in_time(self) -> Iterator[None]:
        """Cut the wire when the time is up: a trickle would outlive any timeout of one read."""
        timer = threading.Timer(self._seconds, self._cut_off)
        timer.start()
        try:
            yield
        except (OSError, http.client.HTTPException, FetchError) as error:
            if self._expired:
                raise TimeoutError from error
            raise
        finally:
            timer.cancel()
        if self._expired:
            raise TimeoutError

    def _cut_off(self) -> None:
        """Not SSLSocket's own shutdown, which is not meant for a second thread."""
        self._expired = True
        with suppress(OSError):  # it has ended by itself
            if self._wire is not None:
                socket.socket.shutdown(self._wire, socket.SHUT_RDWR)


def _need_usable(response: http.client.HTTPResponse, max_bytes: int) -> None:
    """FetchError for a redirect, an error, an encoding we didn't ask for, or too much."""
    if response.status not in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED):
        raise FetchError(f"the answer was {response.status} {response.reason}"[:200])
    codings = read_codings(", ".join(response.headers.get_all("Content-Encoding", [])))
    if codings and response.status == HTTPStatus.OK:
        raise FetchError(f"the answer is encoded as {', '.join(codings)}, which was not asked for")
    if (response.length or 0) > max_bytes:
        raise FetchError(f"the answer has more than {max_bytes} bytes")


def _copy(response: http.client.HTTPResponse, target: Any, max_bytes: int) -> None:
    total = 0
    while piece := response.read(PIECE):
        total += len(piece)
        if total > max_bytes:
            raise FetchError(f"the answer has more than {max_bytes} bytes")
        target.write(piece)
    if response.length:
        raise FetchError("the answer broke off")
