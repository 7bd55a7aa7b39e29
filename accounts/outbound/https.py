"""The one way out over https to addresses that strangers have named, bounded in all.

Only public addresses are spoken to, and the one that was checked is the one connected to. No
redirect is followed and no proxy of the environment used: either could lead elsewhere. No
conversation outlives the time that it was given, however slowly the other side goes on.
"""

import http.client
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from accounts.outbound.deadlines import ended_in_time, send_at_once
from accounts.outbound.public_addresses import NotPublicError, connect_public

HTTPS_PORT = 443
CONNECT_SECONDS = 10.0
# A kept connection that has been idle for longer may have been closed by the other side.
IDLE_SECONDS = 4.0
ERRORS = (OSError, http.client.HTTPException, ValueError)


class NotSentError(OSError):
    """Nothing reached the other side; the sentence says why."""


class UnansweredError(OSError):
    """All was sent and no answer came, so nobody knows what became of it."""


class GuardedConnection(http.client.HTTPSConnection):
    """To a public address of the host, all of it within so many seconds from now on."""

    def __init__(self, url: SplitResult, *, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self._tls = _tls(ssl.get_default_verify_paths().cafile)
        super().__init__(
            str(url.hostname), url.port or HTTPS_PORT, timeout=seconds, context=self._tls
        )
        self.last_used = 0.0

    @property
    def seconds_left(self) -> float:
        """Until its time is up, at least 0."""
        return max(self._until - time.monotonic(), 0)

    def connect(self) -> None:
        """NotPublicError when the host has no such address, OSError when none of them answers."""
        bare = connect_public(
            self.host,
            self.port,
            timeout=min(CONNECT_SECONDS, self.seconds_left),
            allow_loopback=settings.OUTBOUND_ALLOW_LOOPBACK,
        )
        send_at_once(bare)
        self.sock = self._tls.wrap_socket(
            bare, server_hostname=self.host, do_handshake_on_connect=False
        )
        with ended_in_time(self.seconds_left, self.sock):
            self.sock.do_handshake()

    def go_on(self, *, seconds: float) -> None:
        """Begin another conversation on the same line."""
        self._until = time.monotonic() + seconds


@lru_cache(maxsize=4)
def _tls(certificates: str | None) -> ssl.SSLContext:
    """Kept by the file of trusted certificates: reading it takes longer than a message."""
    return ssl.create_default_context()


def target_of(url: SplitResult) -> str:
    """What is asked of the host: the path, and the query if there is one."""
    return (url.path or "/") + (f"?{url.query}" if url.query else "")


@dataclass(frozen=True)
class Answer:
    """What a POST was answered, and the beginning of its text."""

    status: int
    headers: Message
    text: str


class Poster:
    """Posts on kept connections, one for each host; not to be shared between threads."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str | None, int | None], GuardedConnection] = {}

    def post(
        self, url: str, body: bytes, headers: Mapping[str, str], *, seconds: float, most_bytes: int
    ) -> Answer:
        """Post to an https address, within so many seconds in all.

        Of the answer's text most_bytes are read. Raises NotPublicError, NotSentError where
        nothing was sent for another reason, and UnansweredError.
        """
        parts = urlsplit(url)
        connection = self._connected(parts, seconds)
        sent = False
        try:
            with ended_in_time(connection.seconds_left, connection.sock):
                connection.request("POST", target_of(parts), body, headers)
                sent = True
                response = connection.getresponse()
                text = response.read(most_bytes).decode("utf-8", "replace")
        except ERRORS as error:
            connection.close()
            raise (UnansweredError if sent else NotSentError)(_words(error)) from error
        self._keep(connection, parts, response)
        return Answer(response.status, response.headers, text)

    def _connected(self, url: SplitResult, seconds: float) -> GuardedConnection:
        kept = self._kept.pop((url.hostname, url.port), None)
        if kept and kept.sock and time.monotonic() - kept.last_used < IDLE_SECONDS:
            kept.go_on(seconds=seconds)
            return kept
        if kept:
            kept.close()
        fresh = GuardedConnection(url, seconds=seconds)
        try:
            fresh.connect()
        except NotPublicError:
            raise
        except ERRORS as error:
            raise NotSentError(_words(error)) from error
        return fresh

    def _keep(
        self, connection: GuardedConnection, url: SplitResult, response: http.client.HTTPResponse
    ) -> None:
        if response.isclosed() and connection.sock:
            connection.last_used = time.monotonic()
            self._kept[(url.hostname, url.port)] = connection
        else:
            connection.close()


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]
