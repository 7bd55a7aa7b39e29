"""The second factor's secrets: encrypted in the database, with keys that follow from SECRET_KEY."""

from base64 import urlsafe_b64encode

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

PURPOSE = b"second factor"


class SecondFactorAdapter(DefaultMFAAdapter):
    """allauth's, with encryption at rest and our words."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "This code is wrong. Enter the code that the app shows now",
    }

    def get_totp_issuer(self) -> str:
        """What an authenticator app calls us."""
        return str(settings.SITE_NAME)

    def encrypt(self, text: str) -> str:
        """Encrypt a secret for storing."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Read a stored secret; raises cryptography.fernet.InvalidToken under another key."""
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher() -> MultiFernet:
    """Encrypts with SECRET_KEY's; reads what older keys (SECRET_KEY_FALLBACKS) have written."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(force_bytes(key))) for key in keys])


def _derived(key: bytes) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE)
    return urlsafe_b64encode(derivation.derive(key))
