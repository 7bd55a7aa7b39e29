"""What is wrong with a variable is said at the start, with its name, and never with a secret."""

import base64
import os
import subprocess
import sys

import environ
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from dvsa_alerts.environment import read_environment


def der(key) -> str:
    """A private key as base64url of its DER."""
    data = key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return base64.urlsafe_b64encode(data).decode()


def read(**changed: str):
    """The environment of these tests, with some of it changed."""
    reader = environ.Env()
    reader.ENVIRON = dict(os.environ) | changed
    return read_environment(reader)


@pytest.mark.parametrize(
    "contact",
    [
        "mailto:alerts@example.org",
        "mailto:first.last+push@mail.example.co.uk",
        "https://example.org",
        "https://example.org/contact?about=push",
    ],
)
def test_a_contact_that_push_services_take_is_taken(contact):
    assert read(VAPID_SUBJECT=contact).vapid_subject == contact


@pytest.mark.parametrize(
    "contact",
    [
        "",
        "none",
        "alerts@example.org",
        "mailto:",
        "mailto:alerts",
        "mailto: alerts@example.org",
        "mailto:<alerts@example.org>",
        "mailto:alerts@localhost",
        "mailto:a@example.org,b@example.org",
        "MAILTO:alerts@example.org",
        "tel:+441632960000",
        "http://example.org/contact",
        "https:",
        "https://",
        "https:example.org",
        "https://localhost/contact",
        "https://example.org/con tact",
        "mailto:alerts@example.org\r\nX: y",
    ],
)
def test_another_contact_is_refused_at_the_start_by_its_name(contact):
    with pytest.raises(ImproperlyConfigured, match="VAPID_SUBJECT"):
        read(VAPID_SUBJECT=contact)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "none",
        "A" * 43,
        "_" * 43,
        "x" * 42,
        "x" * 44,
        "not base64 at all!",
        "é" * 20,
        der(rsa.generate_private_key(65537, 2048)),
        der(ec.generate_private_key(ec.SECP384R1())),
    ],
)
def test_what_is_no_key_is_refused_at_the_start_and_not_repeated(key):
    with pytest.raises(ImproperlyConfigured, match="VAPID_PRIVATE_KEY") as refused:
        read(VAPID_PRIVATE_KEY=key)
    assert not key or key not in str(refused.value)


def test_a_key_in_der_is_one_too():
    key = der(ec.generate_private_key(ec.SECP256R1()))
    assert read(VAPID_PRIVATE_KEY=key).vapid_private_key == key


@pytest.mark.parametrize("name", ["VAPID_SUBJECT", "VAPID_PRIVATE_KEY"])
def test_no_command_starts_with_one_that_is_none(name):
    result = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=settings.BASE_DIR, check=False,
        env=os.environ | {name: "none", "DJANGO_SETTINGS_MODULE": "dvsa_alerts.settings"},
        capture_output=True, text=True,
    )  # fmt: skip
    assert result.returncode != 0
    assert f"{name} cannot be read" in result.stderr
