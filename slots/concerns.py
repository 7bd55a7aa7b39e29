"""What about sources staff have to be told: each names its subject, a sentence, and the page."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from accounts.staff_alarms import raise_alarm
from slots.freshness import is_stale
from slots.ingestion.outcomes import Outcome
from slots.models import FeedBatch, Source
from slots.wording import span


def raise_held(batch: FeedBatch) -> None:
    """A batch waits for their decision."""
    sentence = f"{capfirst(str(batch))} is held: {batch.reason}. Release it or drop it."
    raise_alarm(subject=f"held:{batch.source}", sentence=sentence, path=_page_of(batch.pk))


def raise_other_content(source: Source, outcome: Outcome) -> None:
    """A source says two things under one sequence."""
    sentence = f"A batch of {source} was refused: {outcome.reason}."
    raise_alarm(subject=f"refused:{source}", sentence=sentence, path=_page_of(outcome.batch))


def raise_failing(source: Source, reason: str) -> None:
    """A source that is polled has failed too often in a row."""
    sentence = f"Asking {source} has failed {source.failures} times in a row: {reason}"
    page = reverse("admin:slots_source_change", args=[source.pk])
    raise_alarm(subject=f"failing:{source}", sentence=sentence, path=page)


def notice_silence(now: datetime) -> int:
    """Have staff told, once for each silence, of active sources gone stale by `now` (aware).

    Answers how many there were.
    """
    told = Q(silence_noticed_at__gte=F("heard_at"))
    active = Source.objects.filter(is_active=True, heard_at__isnull=False).exclude(told)
    silent = [each for each in active.exclude(name=Source.STAFF) if is_stale(each, now)]
    return sum(_notice(source, now) for source in silent)


@transaction.atomic
def _notice(source: Source, now: datetime) -> bool:
    """False when another process noticed it, or the source was heard, meanwhile."""
    unnoticed = Source.objects.filter(
        pk=source.pk, heard_at=source.heard_at, silence_noticed_at=source.silence_noticed_at
    )
    noticed = unnoticed.update(silence_noticed_at=now) == 1
    if noticed and source.heard_at:
        since = f"{timezone.localtime(source.heard_at):%-d %B, %H:%M}"
        silence = span((now - source.heard_at).total_seconds())
        sentence = f"Nothing was heard from {source} for {silence}, since {since}."
        page = reverse("admin:slots_source_change", args=[source.pk])
        raise_alarm(subject=f"silent:{source}", sentence=sentence, path=page)
    return noticed


def _page_of(batch: int) -> str:
    return reverse("admin:slots_feedbatch_change", args=[batch])
