"""Who we are to a push service (RFC 8292): a signed token for each service, and our public key."""

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


def public_key() -> str:
    """Our key as browsers and push services want it: base64url of its uncompressed point."""
    point = _signer().public_key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def authorization(endpoint: SplitResult) -> str:
    """The Authorization header for the push service of an endpoint."""
    period = int(time.time()) // TOKEN_KEPT
    return _signed(_origin(endpoint), period, settings.VAPID_SUBJECT, settings.VAPID_PRIVATE_KEY)


def _origin(endpoint: SplitResult) -> str:
    """RFC 6454: in lower case, and without the port that https has anyway."""
    port = "" if endpoint.port in (None, 443) else f":{endpoint.port}"
    return f"https://{endpoint.hostname}{port}"


@lru_cache(maxsize=256)
def _signed(origin: str, period: int, subject: str, key: str) -> str:
    """Signed once in each period of TOKEN_KEPT seconds, by what we are set to be.

    py_vapid's own header is not used: it refuses contacts such as https://example.org/contact.
    """
    claims = {
        "aud": origin,
        "exp": period * TOKEN_KEPT + TOKEN_LASTS,
        "sub": subject,
    }
    return f"vapid t={sign(claims, Vapid02.from_string(key).private_key)}, k={public_key()}"


def _signer() -> Vapid02:
    return Vapid02.from_string(settings.VAPID_PRIVATE_KEY)
