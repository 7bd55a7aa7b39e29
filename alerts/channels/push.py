"""Web Push (RFC 8030, 8291, 8292) on kept connections; takes a message, answers what became of it.

Endpoints are named by strangers: only port 443 of the known push services is spoken to, by the
guarded client.
"""

import base64
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from accounts.mail.results import Accepted, Never, Result, TryLater
from accounts.outbound.https import (
    HTTPS_PORT,
    Answer,
    NotSentError,
    Poster,
    UnansweredError,
)  # fmt: skip
from accounts.outbound.public_addresses import NotPublicError
from alerts.channels.retry_after import seconds_to_wait
from alerts.channels.vapid import UnknownKey, authorization

MOST_BYTES = 3_900
GONE = frozenset({404, 410})
TIMED_OUT, TOO_MANY = 408, 429
ANSWER_BYTES = 1_000


class BadEndpointError(ValueError):
    """An address that no push service of ours would give out; the sentence says why."""


@dataclass(frozen=True)
class Push:
    """One message to one browser; `p256dh` and `auth` are the browser's keys, base64url.

    `vapid_key` is the public key of ours that its subscription was made with, where it was noted.
    """

    endpoint: str
    p256dh: str
    auth: str
    payload: bytes
    ttl: int
    topic: str
    vapid_key: str | None = None


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


class Pusher:
    """Pushes on kept connections; not to be shared between threads."""

    def __init__(self) -> None:
        self._poster = Poster()

    def send(self, sealed: SealedPush, *, seconds: float) -> Result:
        """Post one encrypted message, within so many seconds in all."""
        push = sealed.push
        try:
            check_endpoint(push.endpoint)
            answer = self._poster.post(
                push.endpoint, sealed.body, _headers(push), seconds=seconds, most_bytes=ANSWER_BYTES
            )
        except UnknownKey as error:
            return Never(str(error), key_gone=True)
        except (BadEndpointError, NotPublicError) as error:
            return Never(str(error))
        except NotSentError as error:
            return TryLater(str(error), provider_failed=True)
        except UnansweredError as error:
            return TryLater(str(error), provider_failed=True, in_doubt=True)
        return _meaning(answer)


def _headers(push: Push) -> Mapping[str, str]:
    return {
        "Authorization": authorization(urlsplit(push.endpoint), push.vapid_key),
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(push.ttl),
        "Urgency": "high",
        "Topic": push.topic,
    }


def _meaning(answer: Answer) -> Result:
    """RFC 8030: 404 and 410 end a subscription, 429 asks for a pause; 408 and 5xx may pass.

    What a refusal means for the device is judged in `alerts.delivery.devices`. A redirect is one:
    it is not followed.
    """
    status = answer.status
    said = f"{status} {answer.text}"[:500]
    if 200 <= status < 300:  # noqa: PLR2004
        return Accepted()
    if status == TOO_MANY:
        return TryLater(said, after_seconds=seconds_to_wait(answer), status=status)
    if status == TIMED_OUT:
        return TryLater(said, status=status)
    if status >= 500:  # noqa: PLR2004
        pause = seconds_to_wait(answer) if "Retry-After" in answer.headers else None
        return TryLater(said, provider_failed=True, after_seconds=pause, status=status)
    return Never(said, target_gone=status in GONE, status=status)


_local = threading.local()


def pusher() -> Pusher:
    """This thread's own pusher, with the connections that it kept."""
    if not hasattr(_local, "pusher"):
        _local.pusher = Pusher()
    return _local.pusher
