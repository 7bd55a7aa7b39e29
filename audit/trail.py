"""Writing to the audit log, in the transaction of the write that it records."""

import json
from contextvars import ContextVar
from typing import Any, Protocol

from django.db import models

from audit.models import AuditLog

current_ip: ContextVar[str | None] = ContextVar("current_ip", default=None)


class Actor(Protocol):
    """Who did it: a signed-in user, or nobody (a source, a command, the system)."""

    pk: Any


def record(
    action: str, *, actor: Actor | None, subject: models.Model | None, **details: Any
) -> AuditLog:
    """Write one entry within the caller's transaction.

    `details` never hold personal values, passwords, tokens or message bodies: what is
    personal stands there only as "changed".
    """
    return AuditLog.objects.create(
        user_id=actor.pk if actor else None,
        action=action,
        subject_type=subject._meta.label_lower if subject else None,
        subject_id=str(subject.pk) if subject else None,
        ip=current_ip.get(),
        details=json.dumps(details, default=str, sort_keys=True) if details else None,
    )
