"""A device that makes and uses passkeys, as a browser hands them over: real keys, no browser."""

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from accounts.models import User

ORIGIN = "https://testserver"
FLAG = AuthenticatorData.FLAG


@dataclass
class Device:
    """A phone with one passkey; `unlocks` is whether its owner shows that it is them."""

    name: str = "phone"
    unlocks: bool = True
    origin: str = ORIGIN
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    user_handle: str = ""

    @property
    def credential_id(self) -> bytes:
        """What the device calls its passkey."""
        return sha256(self.name.encode()).digest()

    def make(self, options: dict[str, Any]) -> str:
        """What a browser posts after `navigator.credentials.create`."""
        asked = options["publicKey"]
        self.user_handle = asked["user"]["id"]
        public = ES256.from_cryptography_key(self.key.public_key())
        made = AttestedCredentialData.create(Aaguid.NONE, self.credential_id, public)
        data = self._said(asked["rp"]["id"], FLAG.AT, made)
        statement = AttestationObject.create("none", data, {})
        client = self._client("webauthn.create", asked["challenge"])
        return self._posted({"clientDataJSON": client, "attestationObject": statement})

    def use(self, options: dict[str, Any], *, as_user: User | None = None) -> str:
        """What a browser posts after `navigator.credentials.get`; `as_user` lies whose it is."""
        asked = options["publicKey"]
        data = self._said(asked["rpId"])
        client = self._client("webauthn.get", asked["challenge"])
        signature = self.key.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        handle = handle_of(as_user) if as_user else websafe_decode(self.user_handle)
        return self._posted(
            {
                "clientDataJSON": client,
                "authenticatorData": data,
                "signature": signature,
                "userHandle": handle,
            }
        )

    def _said(self, rp_id: str, flags: int = 0, made: bytes = b"") -> AuthenticatorData:
        shown = FLAG.UP | (FLAG.UV if self.unlocks else 0) | flags
        return AuthenticatorData.create(sha256(rp_id.encode()).digest(), shown, 0, made)

    def _client(self, kind: str, challenge: str) -> bytes:
        return CollectedClientData.create(kind, challenge, self.origin)

    def _posted(self, response: dict[str, bytes]) -> str:
        name = websafe_encode(self.credential_id)
        said = {key: websafe_encode(value) for key, value in response.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": said})


def make_passkey(user: User, *, name: str) -> Authenticator:
    """A row of a passkey, as if its owner had added it."""
    rp, challenge = {"id": "testserver"}, websafe_encode(b"x" * 32)
    asked = {"rp": rp, "challenge": challenge, "user": {"id": websafe_encode(handle_of(user))}}
    made = json.loads(Device(name).make({"publicKey": asked}))
    return WebAuthn.add(user, name, made).instance


def handle_of(user: User) -> bytes:
    """What our passkeys call a user."""
    return user_pk_to_url_str(user).encode()


def options_on(page: str) -> dict[str, Any]:
    """What a page asks the browser for."""
    found = page.partition('id="passkey-options" type="application/json">')[2]
    return json.loads(found.partition("</script>")[0])


ADD = "/accounts/2fa/webauthn/add/"


def add_passkey(client: Client, device: Device, address: str = ADD, **form: str) -> Any:
    """Add a passkey of someone who has just proved who they are; the answer."""
    options = options_on(client.get(address, secure=True).content.decode())
    form = {"name": device.name, "credential": device.make(options)} | form
    return client.post(address, form, secure=True)


def sign_in_options(client: Client) -> dict[str, Any]:
    """What the sign-in page's script asks for."""
    answer = client.get(
        "/accounts/2fa/webauthn/login/", headers={"accept": "application/json"}, secure=True
    )
    return answer.json()["request_options"]


def sign_in_with(client: Client, device: Device, **form: str) -> Any:
    """Sign in by passkey; the answer."""
    form = {"credential": device.use(sign_in_options(client))} | form
    return client.post("/accounts/2fa/webauthn/login/", form, secure=True)
