"""What learners say became of a slot: that it is gone, or that they got it."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from alerts.config import WAVE_SECONDS
from alerts.models import UserAlert
from audit.clock import database_now
from slots.models import SlotOpening

# One may be mistaken, or want others to believe it.
ENOUGH = 2


@transaction.atomic
def answer_alert(*, alert: UserAlert, answer: UserAlert.Answer | None) -> None:
    """Keep what the learner says of the slot of their alert, in place of what they said before.

    None takes it back. The second learner who says that it is gone marks it so until a source
    lists it again, and holds its next wave for `alerts.wave_seconds`. Nothing is closed: only
    sources do that.
    """
    locked = SlotOpening.objects.select_for_update(of=("self",))
    opening = locked.filter(alerts=alert).select_related("slot").first()
    moment = Now() if answer else None
    UserAlert.objects.filter(pk=alert.pk).update(answer=answer, answered_at=moment)
    if opening and answer == UserAlert.Answer.GONE and _is_news(opening):
        _report_gone(opening)


def _is_news(opening: SlotOpening) -> bool:
    """Whether so many say so by now, and it isn't marked yet."""
    return not opening.is_reported_gone and _reports(opening).count() >= ENOUGH


def _reports(opening: SlotOpening) -> QuerySet[UserAlert]:
    """Alerts, one to a learner, whose slot was said to be gone since a source last listed it."""
    said = UserAlert.objects.filter(opening=opening, answer=UserAlert.Answer.GONE)
    listed_at = opening.slot.last_seen_at
    return said.filter(answered_at__gt=listed_at) if listed_at else said


def _report_gone(opening: SlotOpening) -> None:
    now = database_now()
    opening.reported_gone_at = now
    if opening.next_wave_at is not None:
        hold = timedelta(seconds=WAVE_SECONDS.value())
        opening.next_wave_at = max(opening.next_wave_at, now) + hold
    opening.save(update_fields=["reported_gone_at", "next_wave_at"])
