"""Standard Webhooks (https://www.standardwebhooks.com): a signed POST to an address of a learner's.

Anyone may name one, so it is spoken to by the guarded client alone: public addresses, port 443, no
redirect, little time, and of the answer only its status counts.
"""

import base64
import hashlib
import hmac
import re
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

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

MOST_SECONDS = 5.0
ANSWER_BYTES = 200
LONGEST_URL = 1000
GONE, TIMED_OUT, TOO_MANY, SERVER_ERRORS = 410, 408, 429, 500
# The specification asks for 24 to 64 random bytes.
SECRET_BYTES = 32
SECRET_PREFIX = "whsec_"  # noqa: S105 - no secret, but how one begins


class BadAddressError(ValueError):
    """An address that no webhook may go to; a sentence for the learner."""


@dataclass(frozen=True)
class Hook:
    """One message to one address; `message_id` is the same at every try."""

    url: str
    secret: str
    message_id: str
    body: bytes


def check_address(url: str) -> SplitResult:
    """The parts of an address that may be spoken to; raises BadAddressError.

    Whether its host is a public one is found out when it is spoken to.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise BadAddressError("This address can’t be read. Check it for typing mistakes") from error
    if not re.fullmatch(rf"[!-~]{{1,{LONGEST_URL}}}", url) or parts.scheme != "https" or not host:
        raise BadAddressError("Enter an address that begins with https://")
    if parts.username is not None or parts.password is not None:
        raise BadAddressError("Enter the address without a user name or password")
    if parts.fragment:
        raise BadAddressError("Enter the address without the part after #")
    if port not in (None, HTTPS_PORT) and not settings.OUTBOUND_ALLOW_LOOPBACK:
        raise BadAddressError("Enter an address without a port: we use 443 only")
    return parts


def make_secret() -> str:
    """A new secret, as the specification writes one."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def sign(hook: Hook, timestamp: int) -> str:
    """`v1,` and the HMAC-SHA256 over what is sent, of this second."""
    key = base64.b64decode(hook.secret.removeprefix(SECRET_PREFIX))
    signed = f"{hook.message_id}.{timestamp}.".encode() + hook.body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()


class WebhookSender:
    """Posts on kept connections; not to be shared between threads."""

    def __init__(self) -> None:
        self._poster = Poster()

    def send(self, hook: Hook, *, seconds: float) -> Result:
        """Post one message, within so many seconds and MOST_SECONDS in all.

        Whatever goes wrong is this address's: one host may serve many learners. A message whose
        answer was lost is sent again without a doubt, as a receiver knows it by its id.
        """
        seconds = min(seconds, MOST_SECONDS)
        try:
            check_address(hook.url)
            answer = self._poster.post(
                hook.url, hook.body, _headers(hook), seconds=seconds, most_bytes=ANSWER_BYTES
            )
        except (BadAddressError, NotPublicError) as error:
            return Never(str(error))
        except (NotSentError, UnansweredError) as error:
            return TryLater(str(error))
        return _meaning(answer)


def _headers(hook: Hook) -> Mapping[str, str]:
    timestamp = int(time.time())
    return {
        "Content-Type": "application/json",
        "User-Agent": settings.SITE_NAME,
        "webhook-id": hook.message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(hook, timestamp),
    }


def _meaning(answer: Answer) -> Result:
    """2xx is accepted; 410 ends the webhook; what may pass is tried later; all else is a refusal.

    A redirect is a refusal: it is not followed. Nothing of the answer's text is kept.
    """
    status = answer.status
    said = f"answered {status}"
    if 200 <= status < 300:  # noqa: PLR2004
        return Accepted()
    if status in (TIMED_OUT, TOO_MANY) or status >= SERVER_ERRORS:
        wished = seconds_to_wait(answer) if "Retry-After" in answer.headers else None
        return TryLater(said, after_seconds=wished, status=status)
    return Never(said, target_gone=status == GONE, status=status)


_local = threading.local()


def webhook_sender() -> WebhookSender:
    """This thread's own sender, with the connections that it kept."""
    if not hasattr(_local, "sender"):
        _local.sender = WebhookSender()
    return _local.sender
