"""That searches have ended or rest by themselves, noted with the mail that says so."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from accounts.mail.outbox import queue_drafts
from accounts.models import OutboxMail
from alerts.models import SearchEnding

# Kinds of mail, named after their templates.
ENDED, RESTING = "search_ended", "search_resting"
# Nobody waits for it by the second: a night of quiet hours, and two days of refusals.
GOOD_FOR = timedelta(days=3)


@transaction.atomic
def note_endings(endings: Sequence[SearchEnding], *, kind: str) -> None:
    """Keep each with its mail; one that is known, for the same day, gets no second mail."""
    mails = queue_drafts([each.user for each in endings], kind=kind, good_for=GOOD_FOR)
    for ending, mail in zip(endings, mails, strict=True):
        ending.mail = mail
    SearchEnding.objects.bulk_create(endings, ignore_conflicts=True)
    known = OutboxMail.objects.filter(pk__in=[each.pk for each in mails], search_ending=None)
    known.delete()
