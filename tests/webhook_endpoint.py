"""A learner's own program: it reads a message as Standard Webhooks says, by code of its own."""

import base64
import hashlib
import hmac
import json
from typing import Any

from alerts.models import Webhook
from alerts.webhooks import add_webhook
from tests.push_endpoint import Pushed, PushService


class Forged(Exception):
    """The signature is not what the secret makes of the message."""


def make_webhook(user, service: PushService, path: str = "/hook") -> tuple[Webhook, str]:
    """One of a user's at a service, and its secret."""
    return add_webhook(user=user, url=service.url(path))


def read_message(request: Pushed, secret: str) -> dict[str, Any]:
    """What the message says; raises Forged."""
    headers = request.headers
    signed = ".".join([headers["webhook-id"], headers["webhook-timestamp"], request.body.decode()])
    key = base64.b64decode(secret.split("_", 1)[1], validate=True)
    digest = hmac.new(key, signed.encode(), hashlib.sha256).digest()
    wanted = "v1," + base64.b64encode(digest).decode()
    if wanted not in headers["webhook-signature"].split(" "):
        raise Forged
    return json.loads(request.body)
