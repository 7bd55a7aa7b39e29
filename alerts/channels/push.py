"""Web Push (RFC 8030, 8291, 8292) on kept connections; takes a message, answers what became of it.

Endpoints are named by strangers: only https on port 443 of the known push services is spoken to,
at public addresses, without redirects or proxies, and not for long.
"""

import base64
import http.client
import re
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from email.utils import formatdate, parsedate_to_datetime
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from alerts.channels.deadlines import cut_off_after, send_at_once
from alerts.channels.results import Accepted, Never, Result, TryLater
from alerts.channels.vapid import authorization, forget_tokens
from slots.fetching.public_addresses import NotPublicError, connect_public

HTTPS_PORT = 443
MOST_BYTES = 3_900
GONE = frozenset({404, 410})
TIMED_OUT, TOO_MANY = 408, 429
# A kept connection that has been idle for longer may have been closed by the other side.
IDLE_SECONDS = 4.0
ANSWER_BYTES = 1_000
DEFAULT_PAUSE, LONGEST_PAUSE = 60.0, 24 * 3600.0


class BadEndpointError(ValueError):
    """An address that no push service of ours would give out; the sentence says why."""


@dataclass(frozen=True)
class Push:
    """One message to one browser; `p256dh` and `auth` are the browser's keys, base64url."""

    endpoint: str
    p256dh: str
    auth: str
    payload: bytes
    ttl: int
    topic: str


def check_endpoint(endpoint: str) -> SplitResult:
    """The parts of an endpoint that may be spoken to; raises BadEndpointError."""
    if not re.fullmatch(r"[!-~]{1,1000}", endpoint):
        raise BadEndpointError("the address has to be plain characters")
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError as error:
        raise BadEndpointError("the address can't be read") from error
    if parts.scheme != "https" or parts.username is not None or parts.password is not None:
        raise BadEndpointError("the address has to be https, without a user name")
    if port not in (None, HTTPS_PORT) and not settings.OUTBOUND_ALLOW_LOOPBACK:
        raise BadEndpointError("the address has to be on port 443")
    if not _is_push_service((parts.hostname or "").lower()):
        raise BadEndpointError("the address is not a known push service's")
    return parts


def _is_push_service(host: str) -> bool:
    allowed = [suffix.lower().lstrip(".") for suffix in settings.PUSH_HOSTS]
    return re.fullmatch(r"[a-z0-9.-]+", host) is not None and any(
        host == suffix or host.endswith(f".{suffix}") for suffix in allowed
    )


@dataclass(frozen=True)
class SealedPush:
    """A push as it goes over the line: its body can be read by the browser alone."""

    push: Push
    body: bytes


def seal(push: Push) -> SealedPush:
    """Put a push into its final form; ValueError for unusable keys or too much."""
    return SealedPush(push, encrypt(push))


def encrypt(push: Push) -> bytes:
    """The payload as only the browser can read it; ValueError for unusable keys or too much."""
    body = http_ece.encrypt(
        push.payload,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=decode_key(push.p256dh),
        auth_secret=decode_key(push.auth),
        version="aes128gcm",
    )
    if len(body) > MOST_BYTES:
        raise ValueError(f"the message has {len(body)} bytes, over {MOST_BYTES}")
    return bytes(body)


def decode_key(text: str) -> bytes:
    """Base64url with or without padding; ValueError when it is neither."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class _Connection(http.client.HTTPSConnection):
    """Connects to public addresses only; the address that was checked is the one connected to."""

    def __init__(self, host: str, port: int, seconds: float) -> None:
        super().__init__(host, port, timeout=seconds, context=_tls())
        self._seconds = seconds
        self.last_used = 0.0

    def connect(self) -> None:
        """Within the seconds given, whatever the other side does."""
        bare = connect_public(
            self.host,
            self.port,
            timeout=self._seconds,
            allow_loopback=settings.OUTBOUND_ALLOW_LOOPBACK,
        )
        send_at_once(bare)
        wire = _tls().wrap_socket(bare, server_hostname=self.host, do_handshake_on_connect=False)
        with cut_off_after(self._seconds, wire):
            wire.do_handshake()
        self.sock = wire


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def forget_certificates() -> None:
    """Read the system's certificates again, and who we are, at the next connection."""
    _tls.cache_clear()
    forget_tokens()


class Pusher:
    """Kept connections, one for each push service; not to be shared between threads."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, int], _Connection] = {}

    def send(self, sealed: SealedPush, *, seconds: float) -> Result:
        """Post one encrypted message, within so many seconds in all."""
        try:
            parts = check_endpoint(sealed.push.endpoint)
        except BadEndpointError as error:
            return Never(str(error))
        until = time.monotonic() + seconds
        place = (str(parts.hostname), parts.port or HTTPS_PORT)
        try:
            connection = self._connected(place, seconds)
        except NotPublicError as error:
            return Never(str(error))
        except (OSError, http.client.HTTPException, ValueError) as error:
            return TryLater(_words(error), provider_failed=True)
        with cut_off_after(max(until - time.monotonic(), 0), connection.sock):
            return self._post(connection, place, sealed)

    def _connected(self, place: tuple[str, int], seconds: float) -> _Connection:
        kept = self._kept.pop(place, None)
        if kept and kept.sock and time.monotonic() - kept.last_used < IDLE_SECONDS:
            return kept
        if kept:
            kept.close()
        fresh = _Connection(*place, seconds)
        fresh.connect()
        return fresh

    def _post(self, connection: _Connection, place: tuple[str, int], sealed: SealedPush) -> Result:
        handed_over, push = False, sealed.push
        try:
            connection.request("POST", _target(push.endpoint), sealed.body, _headers(push))
            handed_over = True
            answer = connection.getresponse()
            text = answer.read(ANSWER_BYTES)
        except (OSError, http.client.HTTPException, ValueError) as error:
            connection.close()
            return TryLater(_words(error), provider_failed=True, in_doubt=handed_over)
        self._keep(connection, place, answer)
        return _meaning(answer, text)

    def _keep(
        self, connection: _Connection, place: tuple[str, int], answer: http.client.HTTPResponse
    ) -> None:
        if answer.isclosed() and connection.sock:
            connection.last_used = time.monotonic()
            self._kept[place] = connection
        else:
            connection.close()


def _target(endpoint: str) -> str:
    parts = urlsplit(endpoint)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _headers(push: Push) -> Mapping[str, str]:
    return {
        "Authorization": authorization(urlsplit(push.endpoint)),
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(push.ttl),
        "Urgency": "high",
        "Topic": push.topic,
    }


def _meaning(answer: http.client.HTTPResponse, text: bytes) -> Result:
    """RFC 8030: 404 and 410 end a subscription, 429 asks for a pause; 408 and 5xx may pass.

    What a refusal means for the device is judged in `alerts.delivery.devices`. A redirect is one:
    it is not followed.
    """
    status = answer.status
    said = f"{status} {text.decode('utf-8', 'replace')}"[:500]
    if 200 <= status < 300:  # noqa: PLR2004
        return Accepted()
    if status == TOO_MANY:
        return TryLater(said, after_seconds=_pause(answer), status=status)
    if status == TIMED_OUT:
        return TryLater(said, status=status)
    if status >= 500:  # noqa: PLR2004
        pause = _pause(answer) if "Retry-After" in answer.headers else None
        return TryLater(said, provider_failed=True, after_seconds=pause, status=status)
    return Never(said, target_gone=status in GONE, status=status)


def _pause(answer: http.client.HTTPResponse) -> float:
    """Seconds of Retry-After: a number, or a date that is set against the answer's own.

    Without a date of the answer's, against our clock; a minute where it is neither.
    """
    text = answer.headers.get("Retry-After", "")
    try:
        seconds = float(text) if text.isdigit() else _seconds_between(answer.headers, text)
    except (TypeError, ValueError):
        seconds = DEFAULT_PAUSE
    return min(max(seconds, 1.0), LONGEST_PAUSE)


def _seconds_between(headers: Message, until: str) -> float:
    since = headers["Date"] or formatdate(usegmt=True)
    return (parsedate_to_datetime(until) - parsedate_to_datetime(since)).total_seconds()


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]


_local = threading.local()


def pusher() -> Pusher:
    """This thread's own pusher, with the connections that it kept."""
    if not hasattr(_local, "pusher"):
        _local.pusher = Pusher()
    return _local.pusher
