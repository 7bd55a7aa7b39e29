"""What needs someone's attention, for the first page of admin: each with where to look."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone

from accounts.config import SENDING
from accounts.models import Breaker, User
from alerts.models import Delivery
from audit import config
from audit.admin_links import list_url
from audit.text import counted
from slots.freshness import has_fallen_silent
from slots.models import FeedBatch, Source
from slots.wording import ago

RECENT = timedelta(hours=24)
# Enough to see a day's failures, read from the end of the primary key.
NEWEST_DELIVERIES = 10_000
SHOWN_BATCHES = 5


@dataclass(frozen=True)
class Concern:
    """One thing that ought to be looked at."""

    title: str
    detail: str
    url: str


def concerns(user: User, now: datetime) -> list[Concern]:
    """All that needs attention at `now` (aware) and that this user may look at."""
    return [each for permission, ask in ASKED if user.has_perm(permission) for each in ask(now)]


def _held_batches(now: datetime) -> Iterator[Concern]:
    held = FeedBatch.objects.filter(status=FeedBatch.Status.HELD).select_related("source")
    for batch in held[:SHOWN_BATCHES]:
        page = reverse("admin:slots_feedbatch_change", args=[batch.pk])
        yield Concern("A batch waits for your decision", f"{batch}: {batch.reason or ''}", page)


def _stale_sources(now: datetime) -> Iterator[Concern]:
    active = Source.objects.filter(is_active=True).exclude(name=Source.STAFF)
    for source in active:
        if has_fallen_silent(source, now):
            heard = (
                f"Last heard {ago(source.heard_at, now)}." if source.heard_at else "Never heard."
            )
            page = reverse("admin:slots_source_change", args=[source.pk])
            yield Concern(f"{source} is silent", f"{heard} Openings may be missing.", page)


def _rejected_rows(now: datetime) -> Iterator[Concern]:
    recent = FeedBatch.objects.filter(recorded_at__gte=now - RECENT).exclude(rejected=[])
    for batch in recent.select_related("source").order_by("source_id", "-id").distinct("source_id"):
        page = reverse("admin:slots_feedbatch_change", args=[batch.pk])
        yield Concern(f"Rows of {batch.source} were left out", _rejections(batch), page)


def _rejections(batch: FeedBatch) -> str:
    rows = counted(len(batch.rejected), "row")
    return f"{rows} of its newest such batch, the first because of: {batch.rejected[0]['reason']}"


def _failing_deliveries(now: datetime) -> Iterator[Concern]:
    for breaker in Breaker.objects.open_now():
        until = f"{timezone.localtime(breaker.open_until):%H:%M:%S}" if breaker.open_until else ""
        detail = (
            f"{breaker.failures} failures in a row; tried again at {until}. "
            f"It says: {breaker.last_error}"
        )
        yield Concern(f"{breaker.provider} takes no messages", detail, list_url("accounts.breaker"))
    failed = Delivery.objects.newest(NEWEST_DELIVERIES).filter(
        state=Delivery.State.FAILED, created_at__gte=now - RECENT, webhook=None
    )
    if count := failed.count():
        page = list_url("alerts.delivery", state__exact="failed")
        yield Concern(f"{counted(count, 'message')} failed", "In the last 24 hours.", page)


def _late_deliveries(now: datetime) -> Iterator[Concern]:
    late = Delivery.objects.overdue(seconds=60)[: COUNTED + 1].count()
    if late:
        shown = f"More than {COUNTED} messages" if late > COUNTED else counted(late, "message")
        page = list_url("alerts.delivery", state__exact="pending")
        yield Concern(f"{shown} late", "Due for over a minute, and not sent.", page)


def _settings(now: datetime) -> Iterator[Concern]:
    page = list_url("audit.systemconfig")
    if not SENDING.value():
        yield Concern("Sending is switched off", "No alert leaves until it is on again.", page)
    for fault in config.faults():
        yield Concern("A setting doesn’t count", f"{fault}; its default counts instead.", page)


COUNTED = 1000
ASKED: list[tuple[str, Callable[[datetime], Iterable[Concern]]]] = [
    ("slots.view_feedbatch", _held_batches),
    ("slots.view_source", _stale_sources),
    ("slots.view_feedbatch", _rejected_rows),
    ("alerts.view_delivery", _failing_deliveries),
    ("alerts.view_delivery", _late_deliveries),
    ("audit.view_systemconfig", _settings),
]
