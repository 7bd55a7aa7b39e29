"""What has to hold before a database that went back in time may go on.

Whether it came out of a backup or was recovered to a moment: erased users are erased again,
nothing is sent until someone resumes it, no slot that was announced in the lost time is
announced again, and no number of that time is given to anything else.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from accounts.staffing import LastAdmin
from alerts.delivery.resume import RESTORED, stop_sending
from alerts.erasure import erase_user
from audit import chain
from audit.trail import record
from dvsa_alerts.operations.backups.files import BadBackup
from slots.models import SlotOpening, SourceBaseline

# Null would say that everyone has been told.
NEVER = datetime(9999, 1, 2, tzinfo=UTC)
# Signed links in mails of the lost time name rows by number. They must lead nowhere rather than
# to what someone else saves next: 2,000 restores fit into an integer.
SKIP = """
SELECT setval(pg_get_serial_sequence(format('%I.%I', nspname, relname), attname),
              coalesce(pg_sequence_last_value(
                  pg_get_serial_sequence(format('%I.%I', nspname, relname), attname)::regclass), 0)
              + CASE atttypid WHEN 'bigint'::regtype THEN 1000000000 ELSE 1000000 END)
  FROM pg_attribute
  JOIN pg_class ON pg_class.oid = attrelid
  JOIN pg_namespace ON pg_namespace.oid = relnamespace
 WHERE attidentity <> '' AND nspname = 'public' AND relkind = 'r'
"""


@dataclass
class Settled:
    """What was done again; `kept` are erased users who are the only admin here, so they stay."""

    erased: list[int] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)


@transaction.atomic
def settle(*, as_of: datetime, erased: Iterable[int], **details: Any) -> Settled:
    """Let a database as of a moment (aware) go on, without the users erased since.

    Each source's next complete batch is recorded as what is open, and not announced, as its
    first one was: it can't be told which of it was announced in the lost time.
    """
    stop_sending()
    settled = _erase(erased)
    announce_nothing_again()
    with connection.cursor() as cursor:
        cursor.execute(SKIP)
    record(RESTORED, actor=None, subject=None, as_of=as_of, erased=settled.erased, **details)
    return settled


def announce_nothing_again() -> None:
    """What waited to be matched may have been; waves that were to come, and what is listed next."""
    waiting = SlotOpening.objects.filter(matched_at__isnull=True, quiet__isnull=True)
    waiting.update(quiet=SlotOpening.Quiet.RESTORED)
    SlotOpening.objects.filter(resumed_at__isnull=False).update(resumed_at=None)
    SlotOpening.objects.filter(next_wave_at__isnull=False).update(next_wave_at=NEVER)
    SourceBaseline.objects.all().delete()


def verify_chain(known_head: chain.Head | None) -> chain.Head:
    """The audit log's head, all entries up to it verified. Raises BadBackup when one is broken."""
    verdict = chain.verify(known_head=known_head)
    if verdict.broken:
        raise BadBackup(f"The audit log does not hold: {verdict.broken}.")
    return verdict.head


def _erase(ids: Iterable[int]) -> Settled:
    settled = Settled()
    for user in User.objects.filter(pk__in=set(ids)).order_by("pk"):
        number = user.pk
        try:
            erase_user(user=user, actor=None)
            settled.erased.append(number)
        except LastAdmin:
            settled.kept.append(number)
    return settled


def settled_lines(settled: Settled) -> list[str]:
    """What was done again, and what is left to do."""
    kept = [
        f"User {number} had been erased but is the last active admin here: make another admin, "
        "then erase this one."
        for number in settled.kept
    ]
    return [
        f"{len(settled.erased)} users who had been erased since were erased again.",
        *kept,
        "Sending is off until: manage.py resume_sending",
    ]
