"""The state of the service as Prometheus gauges, read from where all state is when it is asked.

Every web host answers the same: take the maximum over hosts, not the sum. What has a retention
is counted over a window, which a scraper that asks more often than that doesn't miss.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Count, QuerySet
from django.db.models.functions import Now
from kombu.exceptions import OperationalError
from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from accounts.config import SENDING
from accounts.models import Breaker, OutboxMail
from alerts.watching import watch
from audit.clock import database_now
from audit.models import AuditLog
from dvsa_alerts.models import Heartbeat
from dvsa_alerts.operations.backups.folder import newest_moment
from dvsa_alerts.operations.monitoring import health
from dvsa_alerts.operations.monitoring.ages import oldest_age
from dvsa_alerts.operations.workers.broker import queue_lengths
from slots.freshness import has_fallen_silent
from slots.models import FeedBatch, Slot, SlotOpening, Source

logger = logging.getLogger(__name__)

WINDOW = timedelta(minutes=10)
SLOWEST = "5s"

Readings = Iterator[Metric]


def exposition() -> bytes:
    """Everything below, in Prometheus's text format; what can't be read is left out and logged."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Reader())
    return generate_latest(registry)


def slots() -> Readings:
    """Open slots, and what has opened."""
    yield gauge("slots_open", "Slots open now", Slot.objects.open_at(database_now()).count())
    recent = SlotOpening.objects.filter(recorded_at__gte=Now() - WINDOW)
    yield gauge("openings_recent", "Openings recorded in the last 10 minutes", recent.count())


def sources() -> Readings:
    """How long each source has been silent, and what it has sent."""
    stale = family("source_stale", "1 when silent for longer than its own limit", "source")
    silent = family("source_silent_seconds", "Seconds since it was heard from", "source")
    now = database_now()
    for source in Source.objects.filter(is_active=True).exclude(name=Source.STAFF):
        stale.add_metric([source.name], has_fallen_silent(source, now))
        if source.heard_at:
            silent.add_metric([source.name], (now - source.heard_at).total_seconds())
    yield from (stale, silent)
    batches = FeedBatch.objects.filter(recorded_at__gte=Now() - WINDOW)
    text = "Batches recorded in the last 10 minutes"
    yield by("batches_recent", text, batches, "source__name", "status")


def alerts() -> Readings:
    """Openings and alerts on their way to a message, and messages on theirs to a person."""
    seen = watch.look()
    yield gauge("openings_unmatched", "Openings still to be matched", seen.unmatched.count)
    oldest = "Age of the oldest of them"
    yield gauge("opening_unmatched_seconds", oldest, seen.unmatched.oldest_seconds)
    yield gauge("alerts_waiting", "Alerts that no message has taken up", seen.ungathered.count)
    yield gauge(
        "alert_waiting_seconds", "Age of the oldest of them", seen.ungathered.oldest_seconds
    )
    made = family("alerts_newest", "The newest 100,000 alerts", "state")
    for state, count in seen.alerts.items():
        made.add_metric([state], count)
    yield made
    yield from deliveries(seen)


def deliveries(seen: watch.Watch) -> Readings:
    """All that are under way, the newest of those that have ended, and those nobody knows of."""
    counts = family(
        "deliveries", "Under way, and the newest 100,000 that have ended", "channel", "state"
    )
    for labels, count in seen.deliveries.items():
        counts.add_metric(list(labels), count)
    yield counts
    late = family("delivery_overdue_seconds", "Since the oldest could be taken up", "channel")
    for channel, backlog in seen.overdue.items():
        late.add_metric([channel], backlog.oldest_seconds)
    yield late
    help_text = "Times that nobody knew whether one was accepted"
    yield gauge("deliveries_in_doubt", help_text, seen.in_doubt)


def mails() -> Readings:
    """Mail about accounts: what waits, and what became of the rest, kept for a week."""
    counts = family("mails", "Mails about accounts that wait, or ended within a week", "state")
    found = dict(OutboxMail.objects.order_by().values_list("state").annotate(n=Count("pk")))
    for state in OutboxMail.State.values:
        counts.add_metric([state], found.get(state, 0))
    yield counts
    age = oldest_age(OutboxMail.objects.waiting(), "waiting_since")
    yield gauge("mail_waiting_seconds", "Age of the oldest that no server has accepted", age)


def providers() -> Readings:
    """Failures in a row, and who is left alone for it."""
    failures = family("provider_failures", "Failures in a row", "provider")
    left = family("provider_left_alone", "1 while nothing is sent through it", "provider")
    left_alone = set(Breaker.objects.open_now().values_list("provider", flat=True))
    for provider, count in Breaker.objects.values_list("provider", "failures"):
        failures.add_metric([provider], count)
        left.add_metric([provider], provider in left_alone)
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


def backups() -> Readings:
    """As of when the newest backup is, where their folder is reached; 0 when there is none."""
    if settings.BACKUP_DIR:
        moment = newest_moment(Path(settings.BACKUP_DIR))
        text = "As of when the newest backup is"
        yield gauge("backup_timestamp_seconds", text, moment.timestamp() if moment else 0)


def sending() -> Readings:
    """Whether staff, or a restore, have switched it off."""
    yield gauge("sending", "1 while messages go out", SENDING.value())


def disks() -> Readings:
    """Of this host."""
    free = family("disk_free_ratio", "The part of a disk of this host that is free", "disk")
    for name, part in health.free_of_disks().items():
        free.add_metric([name], part)
    yield free


def parts() -> Readings:
    """Parts of check_health that are not numbers."""
    healthy = family("part_healthy", "1 when check_health finds nothing wrong with it", "part")
    for part in health.look(health.WITHOUT_NUMBERS):
        healthy.add_metric([part.name], part.is_well)
    yield healthy


READERS = (
    sending,
    disks,
    parts,
    slots,
    sources,
    alerts,
    mails,
    providers,
    audit,
    heartbeats,
    queues,
    backups,
)


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
    except (DatabaseError, OSError):
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
