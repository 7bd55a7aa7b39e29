"""Saying in the audit log that somebody was turned away, once in a while for each of them."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.db import models

from accounts.limits.windows import Limit, count
from accounts.models import TryWindow
from audit.trail import Actor, record

ONCE_IN = timedelta(hours=1)


def record_once(
    action: str, key: str, *, actor: Actor | None, subject: models.Model | None, **details: Any
) -> None:
    """Write an entry, unless one of the same action and key was written within the hour.

    So nobody floods the log by being refused again and again.
    """
    digest = sha256(f"{action}/{key}".encode()).hexdigest()
    (counted,) = count(TryWindow, Limit(f"said/{digest}", 1, ONCE_IN))
    if not counted.is_over:
        record(action, actor=actor, subject=subject, **details)
