"""A feed to play with: centres, and a source that says on its own clock what is open."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import StaffAlarm
from centers.models import Center
from slots.ingestion.batches import Covers, make_batch
from slots.ingestion.ingest import Outcome, ingest
from slots.models import Slot, SlotOpening, Source

DAY = timezone.localdate() + timedelta(days=10)
START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=80)


def make_centers(*codes: str) -> list[Center]:
    """Open centres near Goodmayes."""
    return [
        Center.objects.create(
            name=f"Center {code}", code=code, postcode="IG3 9UZ", latitude=51.56, longitude=0.11
        )
        for code in codes
    ]


def slot(center: str = "A", number: int = 0, *, day: date = DAY, kind: str = "practical") -> dict:
    """The `number`th slot of a day, as a batch lists it; 0 to 59."""
    return {
        "center": center, "test_type": kind, "date": day.isoformat(), "time": f"09:{number:02}",
    }  # fmt: skip


def slots(count: int, center: str = "A") -> list[dict]:
    """The first slots of a centre's days."""
    return [slot(center, n % 60, day=DAY + timedelta(days=n // 60)) for n in range(count)]


class Feed:
    """A source whose batches are a quarter of an hour apart unless said otherwise."""

    def __init__(self, name: str = "feed", centers: Iterable[str] = ("A",)) -> None:
        self.source, _ = Source.objects.get_or_create(name=name)
        self.centers = tuple(centers)
        self.now = START
        self._sequences = count(1)

    def says(
        self,
        *listed: dict,
        after: float = 15,
        complete: bool = True,
        centers: Iterable[str] | None = None,
        test_types: Iterable[str] = ("practical",),
        **fields: Any,
    ) -> Outcome:
        """Ingest what the feed lists, `after` so many minutes."""
        self.now += timedelta(minutes=after)
        names = self.centers if centers is None else centers
        dates = {name: fields.pop(name, None) for name in ("date_from", "date_to")}
        covers = Covers(tuple(names), tuple(test_types), **dates) if complete else None
        said: dict[str, Any] = {"observed_at": self.now, "sequence": next(self._sequences)}
        batch = make_batch(**said | fields, slots=listed, complete=complete, covers=covers)
        return ingest(source=self.source, batch=batch)


def open_slots() -> set[tuple[str, str, str]]:
    """Center, date and time of whatever is open."""
    found = Slot.objects.filter(available=True).values_list("center__code", "date", "time")
    return {(str(code), day.isoformat(), f"{at:%H:%M}") for code, day, at in found}


def keys(listed: Iterable[dict]) -> set[tuple[str, str, str]]:
    """Listed slots in the form of `open_slots`."""
    return {(row["center"], row["date"], row["time"]) for row in listed}


def announced() -> int:
    """How many openings someone may be told of."""
    return SlotOpening.objects.filter(quiet=None).count()


def alarms() -> list[tuple[str, str]]:
    """Subject and sentence of what staff are to be told."""
    return list(StaffAlarm.objects.order_by("id").values_list("subject", "sentence"))


def silence(feed: Feed, hours: float = 2) -> None:
    """Make a source one that was last heard of hours ago."""
    heard = datetime.now(UTC) - timedelta(hours=hours)
    Source.objects.filter(pk=feed.source.pk).update(heard_at=heard)
