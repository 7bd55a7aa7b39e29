"""Is every part well? One answer each, for `check_health`, monitors and load balancers."""

import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from accounts.config import SENDING
from accounts.models import Breaker, OutboxMail
from alerts.models import Delivery, PendingReach
from alerts.watching import watch
from audit.clock import database_now
from audit.config import declare_integer, faults
from audit.models import AuditLog
from dvsa_alerts.operations.backups.folder import newest_moment
from dvsa_alerts.operations.monitoring.ages import oldest_age
from dvsa_alerts.operations.monitoring.heartbeats import silent_queues
from dvsa_alerts.operations.workers.broker import queue_lengths
from slots.freshness import has_fallen_silent
from slots.models import FeedBatch, Source

# Seconds after which something should long have happened.
MATCHING_LATE = 60
DELIVERY_LATE = 120
# Someone may be waiting for a code.
MAIL_LATE = 45
MAIL_LOST_WITHIN = timedelta(hours=1)
SEALING_LATE = 120
FOLLOWING_LATE = 3600
DISK_FREE_PERCENT = 5
# Where Debian's clusters are, on the host that has one.
DATABASE_FOLDER = "/var/lib/postgresql"
ARCHIVER = """
SELECT current_setting('archive_mode') <> 'off',
       last_failed_time > coalesce(last_archived_time, '-infinity'), last_failed_wal
  FROM pg_stat_archiver
"""
BACKUP_LATE_HOURS = declare_integer(
    "backups.late_after_hours",
    default=26,
    minimum=1,
    maximum=8760,
    help="Hours after which the newest backup is too old, where BACKUP_DIR says where they are",
)


class Unhealthy(Exception):
    """What is wrong with a part, in a few words."""


@dataclass(frozen=True)
class Part:
    """One part: what was seen, or what is wrong."""

    name: str
    is_well: bool
    says: str


def database() -> str:
    """Answers, and may be written to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery(), current_setting('server_version')")
        is_standby, version = cursor.fetchone()
    if is_standby:
        raise Unhealthy("is a standby, which takes no writes")
    return f"PostgreSQL {version}"


def migrations() -> str:
    """Nothing that this code needs is missing; more than it knows may be there (an upgrade)."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        raise Unhealthy(f"to be applied: {_named(str(migration) for migration, _ in plan)}")
    return "all applied"


def cache_table() -> str:
    """Codes of second steps that have been used are there."""
    cache.get("check_health")
    return "readable"


def redis() -> str:
    """Without it all happens later."""
    lengths = queue_lengths()
    return ", ".join(f"{queue} {length}" for queue, length in lengths.items())


def beat() -> str:
    """Some queue has done lately what beat asks for."""
    if len(silent_queues()) == len(settings.QUEUES):
        raise Unhealthy("no queue has done what beat asks for every 15 s")
    return "alive"


def workers() -> str:
    """Each queue has a worker that works."""
    if silent := silent_queues():
        raise Unhealthy(f"no sign of life of {', '.join(silent)}")
    return f"at work: {', '.join(settings.QUEUES)}"


def sources() -> str:
    """Every active source has been heard from within its own limit."""
    active = Source.objects.filter(is_active=True).exclude(name=Source.STAFF)
    now = database_now()
    stale = [source.name for source in active if has_fallen_silent(source, now)]
    if stale:
        raise Unhealthy(f"silent for too long: {_named(stale)}")
    held = FeedBatch.objects.filter(status=FeedBatch.Status.HELD).count()
    heard = sum(source.heard_at is not None for source in active)
    return f"{heard} of {len(active)} heard from, {held} held batches"


def matching() -> str:
    """No opening has waited for long to be matched."""
    late = watch.unmatched().oldest_seconds
    if late > MATCHING_LATE:
        raise Unhealthy(f"an opening has waited for {late:.0f} s")
    return f"the oldest opening has waited for {late:.0f} s"


def reach() -> str:
    """What moved is followed; until then matching computes whom a centre reaches."""
    late = oldest_age(PendingReach.objects.all(), "created_at")
    if late > FOLLOWING_LATE:
        raise Unhealthy(f"a centre has waited for {late:.0f} s to be followed")
    return f"{PendingReach.objects.count()} centres wait to be followed"


def deliveries() -> str:
    """No delivery could have been taken up long ago."""
    backlogs = watch.overdue()
    late = [
        f"{channel}: {backlog.count} overdue, the oldest by {backlog.oldest_seconds:.0f} s"
        for channel, backlog in backlogs.items()
        if backlog.oldest_seconds > DELIVERY_LATE
    ]
    if late:
        raise Unhealthy(_named(late))
    return f"{Delivery.objects.live().count()} under way, {watch.doubts()} times ever in doubt"


def mail() -> str:
    """Codes and other mail about accounts leave: none waits for long, and none was given up."""
    waiting = OutboxMail.objects.waiting()
    late = oldest_age(waiting, "waiting_since")
    if late > MAIL_LATE:
        raise Unhealthy(
            f"the oldest of {waiting.count()} has waited for {late:.0f} s{_why(waiting)}"
        )
    lost = OutboxMail.objects.undelivered(MAIL_LOST_WITHIN)
    if count := lost.count():
        raise Unhealthy(f"{count} of the last hour never left{_why(lost)}")
    return f"{OutboxMail.objects.live().count()} wait"


def _why(mails: QuerySet[OutboxMail]) -> str:
    error = mails.filter(last_error__isnull=False).values_list("last_error", flat=True).first()
    return f": {error}" if error else ""


def providers() -> str:
    """No mail server or push service is left alone for having failed."""
    failing = Breaker.objects.open_now().values_list("provider", flat=True)
    if failing:
        raise Unhealthy(f"left alone for a while: {_named(failing)}")
    return "all are used"


def sending() -> str:
    """Staff, or a restore, may have switched it off."""
    if not SENDING.value():
        raise Unhealthy("alerts.sending is off: nothing is sent until resume_sending")
    return "on"


def audit() -> str:
    """Entries are sealed soon after they are written."""
    late = oldest_age(AuditLog.objects.filter(chain_no__isnull=True), "timestamp")
    if late > SEALING_LATE:
        raise Unhealthy(f"an entry has waited for {late:.0f} s to be sealed")
    return "sealed"


def settings_faults() -> str:
    """Whatever is stored fits its declaration."""
    if found := faults():
        raise Unhealthy(_named(found))
    return "all fit"


def disk() -> str:
    """Of this host, where the program, the backups and the database lie."""
    found = {name: 100 * free for name, free in free_of_disks().items()}
    said = ", ".join(f"{name} {free:.0f}% free" for name, free in found.items())
    if min(found.values()) < DISK_FREE_PERCENT:
        raise Unhealthy(said)
    return said


def free_of_disks() -> dict[str, float]:
    """The part of each disk of this host that is free; the program's alone where all share it."""
    folders = {
        "program": str(settings.BASE_DIR),
        "backups": settings.BACKUP_DIR,
        "database": DATABASE_FOLDER,
    }
    disks: dict[int, str] = {}
    found = {}
    for name, folder in folders.items():
        if folder and os.path.isdir(folder):
            first = disks.setdefault(os.stat(folder).st_dev, name)
            usage = shutil.disk_usage(folder)
            found[first] = usage.free / usage.total
    return found


def archive() -> str:
    """The database's log reaches its archive, where it has one; what doesn't fills its disk."""
    with connection.cursor() as cursor:
        cursor.execute(ARCHIVER)
        is_on, fails, segment = cursor.fetchone()
    if fails:
        raise Unhealthy(f"the database can't archive its log since {segment}")
    return "the database's log is archived" if is_on else "not looked at: archive_mode is off"


def backups() -> str:
    """The newest is not too old; asked only where their folder is known."""
    if not settings.BACKUP_DIR:
        return "not looked at: BACKUP_DIR is not set"
    moment = newest_moment(Path(settings.BACKUP_DIR))
    if moment is None:
        raise Unhealthy("there is none")
    hours = (timezone.now() - moment).total_seconds() / 3600
    if hours > BACKUP_LATE_HOURS.value():
        raise Unhealthy(f"the newest is {hours:.0f} hours old")
    return f"the newest is {hours:.0f} hours old"


# What a web process can't do without.
TO_SERVE: dict[str, Callable[[], str]] = {
    "database": database,
    "migrations": migrations,
    "cache": cache_table,
}
EVERYTHING: dict[str, Callable[[], str]] = {
    **TO_SERVE,
    "redis": redis,
    "beat": beat,
    "workers": workers,
    "sources": sources,
    "matching": matching,
    "reach": reach,
    "deliveries": deliveries,
    "mail": mail,
    "providers": providers,
    "sending": sending,
    "audit": audit,
    "settings": settings_faults,
    "disk": disk,
    "archive": archive,
    "backups": backups,
}
# What /metrics answers as 1 or 0.
WITHOUT_NUMBERS = {
    name: EVERYTHING[name] for name in ("migrations", "cache", "reach", "settings", "archive")
}


def look(checks: dict[str, Callable[[], str]]) -> list[Part]:
    """Ask each part, whatever the others say."""
    return [_ask(name, check) for name, check in checks.items()]


def _ask(name: str, check: Callable[[], str]) -> Part:
    try:
        return Part(name, True, check())
    except Unhealthy as reason:
        return Part(name, False, str(reason))
    except (DatabaseError, RedisError, OperationalError, OSError) as error:
        first_line = str(error).strip().partition("\n")[0]
        return Part(name, False, first_line or type(error).__name__)


def _named(found: Iterable[str], most: int = 5) -> str:
    names = list(found)
    more = [f"{len(names) - most} more"] if len(names) > most else []
    return ", ".join([*names[:most], *more])
