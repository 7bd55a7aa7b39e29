"""The mails to a learner's companions: whether they agree, and the same slots as the learner's."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings

from accounts.mail.headers import message_id
from accounts.mail.outbox import queue_mail
from accounts.mail.smtp import Mail
from alerts.messages import links
from alerts.messages.content import Listing
from alerts.messages.mails import slots_context, subject
from alerts.messages.reasons import Reason
from alerts.messages.rendering import render
from alerts.models import Companion
from alerts.taking import Follows

# After that the learner may take the companion back and ask once more.
ASKED_WITHIN = timedelta(days=1)


def compose_for_companion(
    *,
    companion: Companion,
    number: UUID,
    listings: Sequence[Listing],
    follows: Sequence[Follows],
    reasons: Mapping[int, Reason],
) -> Mail:
    """What the learner is told, without the links that act for the learner.

    See `mails.compose_mail`. Unsubscribing stops this learner's mails to them.
    """
    context = slots_context(listings, follows) | {"reasons": list(reasons.values())}
    about = f"{subject(listings)} for {companion.learner_name}"
    return _mail(companion, "companion", number=number, subject=about, context=context)


def ask_companion(companion: Companion) -> None:
    """Have someone asked whether they want a learner's alerts; without a yes nothing follows."""
    about = f"{companion.learner_name} would like you to get their test alerts"
    mail = _mail(companion, "companion_asked", number=uuid4(), subject=about, context={})
    queue_mail(
        to=mail.to, kind="companion_asked", subject=mail.subject, text=mail.text, html=mail.html,
        headers=mail.headers, good_for=ASKED_WITHIN,
    )  # fmt: skip


def _mail(
    companion: Companion, template: str, *, number: UUID, subject: str, context: dict[str, object]
) -> Mail:
    page = links.companion_url(companion.pk)
    context = context | {
        "learner": companion.learner_name,
        "companion_url": page,
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
    }
    return Mail(
        to=companion.email,
        subject=subject,
        text=render(f"{template}.txt", context),
        html=render(f"{template}.html", context),
        message_id=message_id(number),
        headers={
            "List-Unsubscribe": f"<{page}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
