"""Who should have been alerted, derived once more from the tables, in other words than matching's.

Nothing of `matching` is used here, nor Reach: one mistake must not hide in both.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Now

from accounts.staff_alarms import raise_alarm
from alerts.watching.canary_days import working_days
from alerts.watching.canary_sql import DIFFERENCES, FORGOTTEN, LEFT_OUT_SEARCHES, UNANNOUNCED
from slots.models import SlotOpening

logger = logging.getLogger(__name__)

# Matching looks every few seconds; who has waited this long has been forgotten.
FORGOTTEN_AFTER = timedelta(seconds=60)
LOT = 20
# With a million searches stored, each opening takes seconds.
SAMPLE = 5
SAMPLE_SINCE = timedelta(minutes=10)
NAMED = 20


@dataclass(frozen=True)
class Difference:
    """An opening, and a user who was or was not alerted of it against the rules.

    `why` says what is wrong with an alert, in words for staff; empty where there is none.
    """

    opening: int
    user: int
    why: str = ""

    def __str__(self) -> str:
        named = f"opening {self.opening}, user {self.user}"
        return f"{named} ({self.why})" if self.why else named


@dataclass(frozen=True)
class Verdict:
    """What was looked at, what was left out since it has changed, and what is wrong.

    `forgotten` are openings that nobody has matched though their slot is still open.
    """

    openings: int = 0
    alerts: int = 0
    left_out_openings: int = 0
    left_out_searches: int = 0
    missing: tuple[Difference, ...] = ()
    beyond: tuple[Difference, ...] = ()
    forgotten: tuple[int, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    @property
    def faults(self) -> list[str]:
        """What is wrong, each in a few words."""
        return [
            *(f"missing: {each}" for each in self.missing),
            *(f"beyond: {each}" for each in self.beyond),
            *(f"not matched: opening {pk}" for pk in self.forgotten),
        ]

    def __add__(self, other: "Verdict") -> "Verdict":
        names = [field.name for field in fields(self)]
        return Verdict(**{name: getattr(self, name) + getattr(other, name) for name in names})


def recent_openings(*, since: timedelta) -> QuerySet[SlotOpening]:
    """Openings that were to be announced and were recorded within `since`, by the database."""
    return SlotOpening.objects.filter(recorded_at__gte=Now() - since, quiet__isnull=True)


def verify(ids: list[int]) -> Iterator[Verdict]:
    """Compare the alerts of these openings with what the tables ask for, LOT openings at a time.

    The last verdict says which openings are forgotten and how many searches were left out.
    """
    for start in range(0, len(ids), LOT):
        yield _compare(ids[start : start + LOT])
    values = {"openings": ids, "patience": FORGOTTEN_AFTER}
    forgotten = tuple(row[0] for row in _read(FORGOTTEN, values))
    yield Verdict(forgotten=forgotten, left_out_searches=_read(LEFT_OUT_SEARCHES, values)[0][0])


def verify_unannounced(*, since: timedelta) -> Verdict:
    """Name the alerts of openings that announce nothing and were recorded within `since`."""
    beyond = _read(UNANNOUNCED, {"since": since})
    return Verdict(beyond=tuple(Difference(*row) for row in beyond))


def watch() -> Verdict:
    """Verify a sample of the last minutes' openings; the log and staff are told what is wrong."""
    recent = recent_openings(since=SAMPLE_SINCE).order_by("?")
    sample = list(recent.values_list("pk", flat=True)[:SAMPLE])
    verdict = sum(verify(sample), start=verify_unannounced(since=SAMPLE_SINCE))
    if not verdict.is_clean:
        faults = "; ".join(verdict.faults[:NAMED])
        logger.error("alerts are not what they should be: %s", faults)
        raise_alarm(subject="alerts", sentence=f"Alerts are not what they should be: {faults}")
    return verdict


def _compare(ids: list[int]) -> Verdict:
    rows = _read(DIFFERENCES, {"openings": ids, **working_days(ids)})
    found: dict[str, Any] = {name: number for name, number, user, _ in rows if user is None}
    for kind in ("missing", "beyond"):
        found[kind] = tuple(Difference(*said) for what, *said in rows if what == kind)
    return Verdict(**found)


def _read(statement: str, values: dict[str, Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()
