"""Who we are to a push service (RFC 8292): a signed token for each service, and our public key.

A subscription takes pushes signed by one key alone: ours of when it was made. So older keys
(VAPID_PRIVATE_KEY_FALLBACKS) go on signing until the browser has made another subscription.
"""

import base64
import time
from functools import lru_cache
from urllib.parse import SplitResult

from cryptography.hazmat.primitives import serialization
from django.conf import settings
from py_vapid import Vapid02
from py_vapid.jwt import sign

# RFC 8292 allows 24 hours; a token is replaced long before it ends.
TOKEN_LASTS = 12 * 3600
TOKEN_KEPT = 3600


class UnknownKey(ValueError):
    """A subscription was made with a key that we no longer have."""


def public_key() -> str:
    """Our present key as browsers and services want it: base64url of its uncompressed point."""
    return _public(settings.VAPID_PRIVATE_KEY)


def is_ours(public: str) -> bool:
    """Whether we can sign for subscriptions that were made with this public key."""
    return public in _private_keys()


def key_noted(public: str | None) -> str:
    """The public key that a subscription was made with; from before one was noted, our oldest."""
    return public or [*_private_keys()][-1]


def authorization(endpoint: SplitResult, public: str | None = None) -> str:
    """The Authorization header for an endpoint, by the key that its subscription was made with.

    Raises UnknownKey.
    """
    private = _private_keys().get(key_noted(public))
    if private is None:
        raise UnknownKey("the subscription was made with an earlier key of ours")
    period = int(time.time()) // TOKEN_KEPT
    return _signed(_origin(endpoint), period, settings.VAPID_SUBJECT, private)


def _origin(endpoint: SplitResult) -> str:
    """RFC 6454: in lower case, and without the port that https has anyway."""
    port = "" if endpoint.port in (None, 443) else f":{endpoint.port}"
    return f"https://{endpoint.hostname}{port}"


@lru_cache(maxsize=256)
def _signed(origin: str, period: int, subject: str, private: str) -> str:
    """Signed once in each period of TOKEN_KEPT seconds, by what we are set to be.

    py_vapid's own header is not used: it refuses contacts such as https://example.org/contact.
    """
    claims = {
        "aud": origin,
        "exp": period * TOKEN_KEPT + TOKEN_LASTS,
        "sub": subject,
    }
    signer = Vapid02.from_string(private)
    return f"vapid t={sign(claims, signer.private_key)}, k={_public(private)}"


def _private_keys() -> dict[str, str]:
    """Each of our private keys by its public one, the present key first."""
    keys = (settings.VAPID_PRIVATE_KEY, *settings.VAPID_PRIVATE_KEY_FALLBACKS)
    return {_public(key): key for key in keys}


@lru_cache(maxsize=16)
def _public(private: str) -> str:
    point = Vapid02.from_string(private).public_key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()
