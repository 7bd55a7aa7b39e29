"""Secrets that have to be read again: encrypted at rest, by keys that follow from SECRET_KEY.

`reencrypt` writes them once more by the present one.
"""

from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes


def cipher(purpose: bytes) -> MultiFernet:
    """Encrypts with SECRET_KEY's; reads what older keys (SECRET_KEY_FALLBACKS) have written.

    What was encrypted for one purpose can't be read for another.
    """
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(force_bytes(key), purpose)) for key in keys])


def _derived(key: bytes, purpose: bytes) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose)
    return urlsafe_b64encode(derivation.derive(key))
