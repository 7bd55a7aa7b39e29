"""The secrets with which sources post their batches: shown once, stored as SHA-256 digests."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import User
from audit.trail import record
from slots.models import Source, SourceToken

PREFIX = "src_"
RANDOM_BYTES = 32
HINT_LENGTH = 8
# Noting each use would write once for every batch.
USE_NOTED_EVERY = timedelta(minutes=1)


class StaffNeedNoTokenError(ValueError):
    """Staff change slots in the admin, under their own names."""


def make_token(*, source: Source, label: str | None, actor: User | None) -> tuple[SourceToken, str]:
    """A new token for one source, and its plain text, which is nowhere to be had again.

    Raises StaffNeedNoTokenError for the source `staff`.
    """
    if source.name == Source.STAFF:
        raise StaffNeedNoTokenError("The source staff takes no batches, so it needs no token.")
    plain = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
    with transaction.atomic():
        token = SourceToken.objects.create(
            source=source,
            label=label,
            digest=digest(plain),
            hint=plain[:HINT_LENGTH],
            created_by=actor,
        )
        record("token.made", actor=actor, subject=token, source=source.name, hint=token.hint)
    return token, plain


def revoke_token(*, token: SourceToken, actor: User | None) -> bool:
    """End a token, from the next request on; False when it had been revoked before."""
    with transaction.atomic():
        live = SourceToken.objects.filter(pk=token.pk, revoked_at__isnull=True)
        revoked = live.update(revoked_at=Now()) == 1
        if revoked:
            record("token.revoked", actor=actor, subject=token, hint=token.hint)
    return revoked


def find_token(plain: str) -> SourceToken | None:
    """The live token of this plain text, with its source; none of a disabled maker's is live.

    It is looked up by its digest: how long that takes tells nothing about any token.
    """
    maker_may = Q(created_by=None) | Q(created_by__is_active=True)
    live = SourceToken.objects.filter(maker_may, revoked_at=None).select_related("source")
    return live.filter(digest=digest(plain)).first()


def note_use(token: SourceToken) -> None:
    """Remember that the token was used, to the nearest USE_NOTED_EVERY."""
    unnoted = Q(last_used_at=None) | Q(last_used_at__lt=Now() - USE_NOTED_EVERY)
    SourceToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=Now())


def digest(plain: str) -> str:
    """The SHA-256 of a secret that is random and long, in which form it is stored."""
    return hashlib.sha256(plain.encode(errors="surrogateescape")).hexdigest()
