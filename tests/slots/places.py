"""Centres and slots to search for, around one postcode."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from centers.models import Center, PostcodeArea
from slots.models import CoveredWeek, Slot, SlotOpening, Source
from slots.querysets import LONDON, monday_of

# A sector whose middle is the origin of the searches in these tests.
SECTOR, LATITUDE, LONGITUDE = "IG3 9", 51.56, 0.10


def make_postcode() -> PostcodeArea:
    """IG3 9UZ can be located, by its sector."""
    return PostcodeArea.objects.create(
        kind="sector", area=SECTOR, latitude=LATITUDE, longitude=LONGITUDE
    )


def make_center(name: str, *, north: float = 0, east: float = 0, **fields: Any) -> Center:
    """A centre so many degrees from the origin; a degree of latitude is 69.1 miles."""
    return Center.objects.create(
        name=name,
        postcode="IG3 9UZ",
        latitude=Decimal(str(round(LATITUDE + north, 6))),
        longitude=Decimal(str(round(LONGITUDE + east, 6))),
        **fields,
    )


def watch(center: Center, since: datetime, *, test_type: str = "practical") -> None:
    """Let a centre have been watched in every week from a moment (aware) on."""
    monday, last = monday_of(since), monday_of(timezone.now())
    while monday <= last:
        begun = max(since, datetime.combine(monday, time(), LONDON))
        CoveredWeek.objects.get_or_create(
            center=center, test_type=test_type, monday=monday, defaults={"since": begun}
        )
        monday += timedelta(weeks=1)


def open_slot(
    center: Center,
    day: date,
    at: str = "09:00",
    *,
    test_type: str = "practical",
    source: Source | None = None,
    opened_at: datetime | None = None,
) -> Slot:
    """A slot free to book, with its opening when it is said since when."""
    slot = Slot.objects.create(
        center=center, test_type=test_type, date=day, time=time.fromisoformat(at),
        source=source, last_seen_at=opened_at,
    )  # fmt: skip
    if opened_at:
        SlotOpening.objects.create(slot=slot, episode=1, opened_at=opened_at, source=source)
    return slot
