"""The state of the service as Prometheus gauges, read from where all state is when it is asked.

Every web host answers the same: take the maximum over hosts, not the sum. What has a retention
is counted over a window, which a scraper that asks more often than that doesn't miss.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from django.db import DatabaseError, connection, transaction
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Now
from django.utils import timezone
from kombu.exceptions import OperationalError
from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from alerts.models import Breaker, Delivery, UserAlert
from audit.models import AuditLog
from dvsa_alerts.ages import oldest_age
from dvsa_alerts.broker import queue_lengths
from dvsa_alerts.models import Heartbeat
from slots.freshness import is_stale
from slots.models import FeedBatch, Slot, SlotOpening, Source

logger = logging.getLogger(__name__)

WINDOW = timedelta(minutes=10)
# Of a table with millions of rows a scrape looks at no more than this.
NEWEST = 100_000
SLOWEST = "5s"

Readings = Iterator[Metric]


def exposition() -> bytes:
    """Everything below, in Prometheus's text format; what can't be read is left out and logged."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Reader())
    return generate_latest(registry)


def slots() -> Readings:
    """Open slots, and openings on their way to be matched."""
    yield gauge("slots_open", "Slots open now", Slot.objects.open_at(timezone.now()).count())
    recent = SlotOpening.objects.filter(recorded_at__gte=Now() - WINDOW)
    yield gauge("openings_recent", "Openings recorded in the last 10 minutes", recent.count())
    unmatched = SlotOpening.objects.unmatched()
    yield gauge("openings_unmatched", "Openings still to be matched", unmatched.count())
    age = oldest_age(unmatched, "recorded_at")
    yield gauge("opening_unmatched_seconds", "Age of the oldest opening to be matched", age)


def sources() -> Readings:
    """How long each source has been silent, and what it has sent."""
    stale = family("source_stale", "1 when silent for longer than its own limit", "source")
    silent = family("source_silent_seconds", "Seconds since it was heard from", "source")
    now = timezone.now()
    for source in Source.objects.filter(is_active=True).exclude(name=Source.STAFF):
        stale.add_metric([source.name], is_stale(source, now))
        if source.heard_at:
            silent.add_metric([source.name], (now - source.heard_at).total_seconds())
    yield from (stale, silent)
    batches = FeedBatch.objects.filter(recorded_at__gte=Now() - WINDOW)
    text = "Batches recorded in the last 10 minutes"
    yield by("batches_recent", text, batches, "source__name", "status")


def alerts() -> Readings:
    """Alerts that no message has taken up yet."""
    waiting = UserAlert.objects.filter(state="waiting", notification__isnull=True)
    yield gauge("alerts_waiting", "Alerts that no message has taken up", waiting.count())
    age = oldest_age(waiting, "created_at")
    yield gauge("alert_waiting_seconds", "Age of the oldest of them", age)


def deliveries() -> Readings:
    """Messages on their way, those that arrived, and those of which nobody knows."""
    live = Delivery.objects.live()
    yield by("deliveries_live", "Deliveries that may still be sent", live, "channel", "state")
    overdue = family("delivery_overdue_seconds", "Since the oldest could be taken up", "channel")
    for channel in Delivery.Channel.values:
        due = live.filter(channel=channel)
        overdue.add_metric([channel], oldest_age(due, "next_attempt_at"))
    yield overdue
    recent = Delivery.objects.newest(NEWEST).filter(created_at__gte=Now() - WINDOW)
    text = "Deliveries made in the last 10 minutes"
    yield by("deliveries_recent", text, recent, "channel", "state")
    doubts = Delivery.objects.in_doubt().aggregate(doubts=Sum("in_doubt"))["doubts"] or 0
    yield gauge("deliveries_in_doubt", "Times that nobody knew whether one was accepted", doubts)


def providers() -> Readings:
    """Failures in a row, and who is left alone for it."""
    failures = family("provider_failures", "Failures in a row", "provider")
    left = family("provider_left_alone", "1 while nothing is sent through it", "provider")
    now = timezone.now()
    for breaker in Breaker.objects.all():
        failures.add_metric([breaker.provider], breaker.failures)
        left.add_metric([breaker.provider], bool(breaker.open_until and breaker.open_until > now))
    yield from (failures, left)


def audit() -> Readings:
    """How far the audit log is sealed."""
    sealed = AuditLog.objects.filter(chain_no__isnull=False).order_by("-chain_no").first()
    number = sealed.chain_no if sealed and sealed.chain_no else 0
    yield gauge("audit_sealed", "Number of the last sealed entry", number)
    moment = sealed.timestamp.timestamp() if sealed else 0
    yield gauge("audit_sealed_timestamp_seconds", "When the last sealed entry was written", moment)
    age = oldest_age(AuditLog.objects.filter(chain_no__isnull=True), "timestamp")
    yield gauge("audit_unsealed_seconds", "Age of the oldest entry to be sealed", age)


def heartbeats() -> Readings:
    """Seconds since a worker of each queue last did what beat asks for."""
    silent = family("queue_silent_seconds", "Since a worker showed a sign of life", "queue")
    for queue in Heartbeat.objects.values_list("queue", flat=True):
        age = oldest_age(Heartbeat.objects.filter(queue=queue), "at")
        silent.add_metric([queue], age)
    yield silent


def queues() -> Readings:
    """What waits in Redis; `redis_up` is 0 and the lengths are missing when it doesn't answer."""
    lengths = family("queue_length", "Hints that wait for a worker", "queue")
    try:
        for queue, length in queue_lengths().items():
            lengths.add_metric([queue], length)
        yield gauge("redis_up", "1 when Redis answers", 1)
        yield lengths
    except OperationalError:
        yield gauge("redis_up", "1 when Redis answers", 0)


READERS = (slots, sources, alerts, deliveries, providers, audit, heartbeats, queues)


class _Reader(Collector):
    """Asks all readers; each has a few seconds, and none can fail another."""

    def collect(self) -> Iterable[Metric]:
        for reader in READERS:
            yield from _readings(reader)


def _readings(reader: Callable[[], Readings]) -> list[Metric]:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [SLOWEST])
            return list(reader())
    except DatabaseError:
        logger.exception("the metrics of %s could not be read", reader.__name__)
        return []


def gauge(name: str, help: str, value: float) -> Metric:
    """One number."""
    return GaugeMetricFamily(f"dvsa_{name}", help, value=value)


def family(name: str, help: str, *labels: str) -> GaugeMetricFamily:
    """Numbers by label, still to be added."""
    return GaugeMetricFamily(f"dvsa_{name}", help, labels=labels)


def by(name: str, help: str, rows: QuerySet, *columns: str) -> Metric:
    """How many rows there are for each combination of columns."""
    counts = family(name, help, *(column.partition("__")[0] for column in columns))
    for *labels, count in rows.order_by().values_list(*columns).annotate(n=Count("pk")):
        counts.add_metric([str(label) for label in labels], count)
    return counts
