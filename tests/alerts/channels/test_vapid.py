"""The token that says who we are, taken apart as RFC 8292, 7515 and 7518 describe it.

Nothing here uses the program's code or its library to read what the program wrote.
"""

import base64
import json
import re
import time
from urllib.parse import urlsplit

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from alerts.channels import vapid
from alerts.channels.push import Push, Pusher, seal
from dvsa_alerts.dev.environment import vapid_private_key
from tests.push_endpoint import Browser

A_DAY = 24 * 3600
BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
HEADER = re.compile(r"vapid t=([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+), k=([A-Za-z0-9_-]+)")


@pytest.fixture
def sent(push_service) -> str:
    """The Authorization header that reached a push service."""
    browser = Browser("/one")
    push = Push(
        push_service.url("/one"), browser.p256dh, browser.auth, b"{}", ttl=60, topic="n1"
    )  # fmt: skip
    Pusher().send(seal(push), seconds=5.0)
    return push_service.requests[0].headers["authorization"]


def decoded(text: str) -> bytes:
    """Base64url without padding, and nothing else (RFC 7515, section 2)."""
    assert BASE64URL.fullmatch(text)
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    assert base64.urlsafe_b64encode(data).rstrip(b"=").decode() == text
    return data


def taken_apart(header: str) -> tuple[str, str]:
    """The token and the key."""
    match = HEADER.fullmatch(header)
    assert match, header
    return match[1], match[2]


def claims_of(header: str) -> dict:
    return json.loads(decoded(taken_apart(header)[0].split(".")[1]))


def verify(header: str) -> None:
    """ES256 over the bytes before the last dot, by the key that is sent along (RFC 7518, 3.4)."""
    token, key = taken_apart(header)
    signing_input, _, signature = token.rpartition(".")
    raw = decoded(signature)
    assert len(raw) == 64
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(key))
    public.verify(encode_dss_signature(r, s), signing_input.encode(), ec.ECDSA(hashes.SHA256()))


def test_the_header_of_the_token_names_its_kind_and_signature(sent):
    header = decoded(taken_apart(sent)[0].split(".")[0])
    assert json.loads(header) == {"typ": "JWT", "alg": "ES256"}


def test_the_signature_is_right_for_what_is_signed_and_for_nothing_else(sent):
    verify(sent)
    token, key = taken_apart(sent)
    head, claims, signature = token.split(".")
    changed = base64.urlsafe_b64encode(decoded(claims).replace(b"aud", b"AUD")).rstrip(b"=")
    with pytest.raises(InvalidSignature):
        verify(f"vapid t={head}.{changed.decode()}.{signature}, k={key}")


def test_the_key_is_the_uncompressed_point_of_ours(sent, settings):
    point = decoded(taken_apart(sent)[1])
    number = int.from_bytes(decoded(settings.VAPID_PRIVATE_KEY), "big")
    ours = ec.derive_private_key(number, ec.SECP256R1()).public_key().public_numbers()
    assert point == b"\x04" + ours.x.to_bytes(32, "big") + ours.y.to_bytes(32, "big")


def test_a_subscription_is_signed_to_by_the_key_that_it_was_made_with(settings):
    endpoint, before = urlsplit("https://push.example.org/1"), vapid.public_key()
    old, settings.VAPID_PRIVATE_KEY = settings.VAPID_PRIVATE_KEY, vapid_private_key()
    settings.VAPID_PRIVATE_KEY_FALLBACKS = [old]
    for made_with in (before, vapid.public_key()):
        header = vapid.authorization(endpoint, made_with)
        verify(header)
        assert taken_apart(header)[1] == made_with
    settings.VAPID_PRIVATE_KEY_FALLBACKS = []
    with pytest.raises(vapid.UnknownKey):
        vapid.authorization(endpoint, before)


def test_it_says_whom_it_is_for_who_we_are_and_until_when(sent, push_service, settings):
    claims = claims_of(sent)
    assert set(claims) == {"aud", "exp", "sub"}
    assert claims["aud"] == push_service.url("")
    assert claims["sub"] == settings.VAPID_SUBJECT


def test_its_end_is_a_number_within_a_day(sent):
    end, now = claims_of(sent)["exp"], time.time()
    assert type(end) is int
    assert now < end <= now + A_DAY


@pytest.mark.parametrize("second", [0, 1, 3599])
def test_wherever_in_its_period_it_is_signed_it_ends_within_a_day(monkeypatch, second):
    now = int(time.time()) // vapid.TOKEN_KEPT * vapid.TOKEN_KEPT + second
    monkeypatch.setattr(time, "time", lambda: float(now))
    end = claims_of(vapid.authorization(urlsplit("https://push.example.org/1")))["exp"]
    assert now + vapid.TOKEN_KEPT < end <= now + A_DAY


@pytest.mark.parametrize(
    ("endpoint", "origin"),
    [
        ("https://push.example.org/1", "https://push.example.org"),
        ("https://PUSH.example.org/a/b?c=d", "https://push.example.org"),
        ("https://push.example.org:443/1", "https://push.example.org"),
        ("https://push.example.org:8443/1", "https://push.example.org:8443"),
    ],
)
def test_it_is_for_the_origin_as_rfc_6454_writes_it(endpoint, origin):
    assert claims_of(vapid.authorization(urlsplit(endpoint)))["aud"] == origin


@pytest.mark.parametrize(
    "contact", ["mailto:alerts@example.org", "https://example.org/contact", "https://example.org"]
)
def test_every_contact_that_passes_at_the_start_can_be_signed(settings, contact):
    settings.VAPID_SUBJECT = contact
    header = vapid.authorization(urlsplit("https://push.example.org/1"))
    verify(header)
    assert claims_of(header)["sub"] == contact


def test_browsers_are_given_the_key_that_is_sent_along(sent):
    assert taken_apart(sent)[1] == vapid.public_key()
