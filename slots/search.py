"""A search for slots, as a value: what a link, a page and the API all mean by their parameters."""

from dataclasses import dataclass, replace
from datetime import date, time
from math import isfinite
from urllib.parse import urlencode

from django.contrib.gis.geos import Point
from django.db.models import TextChoices

DEFAULT_RADIUS = 25
MAX_RADIUS = 500


class Order(TextChoices):
    """What comes first: then the other, then the slot's id, so that the order is total."""

    SOONEST = "soonest", "Soonest first"
    NEAREST = "nearest", "Nearest first"


@dataclass(frozen=True)
class Cursor:
    """The last slot of a page; the next page starts after it. Miles are 0 without an origin."""

    order: Order
    miles: float
    date: date
    time: time
    slot_id: int

    def __str__(self) -> str:
        parts = (self.order, repr(self.miles), self.date, self.time.isoformat(), self.slot_id)
        return "_".join(str(part) for part in parts)

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        """Read what `str()` wrote; ValueError for anything else."""
        order, miles, day, clock, slot_id = text.split("_")
        cursor = cls(
            Order(order), float(miles), date.fromisoformat(day), time.fromisoformat(clock),
            int(slot_id),
        )  # fmt: skip
        sound = isfinite(cursor.miles) and cursor.time.tzinfo is None
        if not sound or not 0 < cursor.slot_id < 2**31:
            raise ValueError(f"not a cursor: {text!r}")
        return cursor


@dataclass(frozen=True)
class SlotSearch:
    """Where, which and when; every window is inclusive and None is open on that side.

    Chosen centres (ids) stand instead of the radius (statute miles around `origin`). Dates and
    times are Europe/London wall-clock; weekdays are ISO numbers, Monday = 1; no weekdays or
    test types means all of them.
    """

    origin: Point | None = None
    label: str = ""
    postcode: str = ""
    near: str = ""
    radius: int = DEFAULT_RADIUS
    test_types: tuple[str, ...] = ()
    date_from: date | None = None
    date_to: date | None = None
    weekdays: tuple[int, ...] = ()
    time_from: time | None = None
    time_until: time | None = None
    centers: tuple[int, ...] = ()
    order: Order = Order.SOONEST
    cursor: Cursor | None = None

    def after(self, cursor: Cursor | None) -> "SlotSearch":
        """The same search from another page on."""
        return replace(self, cursor=cursor)

    @property
    def query(self) -> str:
        """The parameters of a link to this search, without those that say the default."""
        values = {
            "postcode": self.postcode,
            "near": self.near,
            "radius": self.radius,
            "test_type": self.test_types,
            "date_from": self.date_from,
            "date_to": self.date_to,
            "weekday": self.weekdays,
            "time_from": self.time_from and self.time_from.isoformat("minutes"),
            "time_until": self.time_until and self.time_until.isoformat("minutes"),
            "center": self.centers,
            "order": None if self.order == Order.SOONEST else self.order.value,
            "cursor": self.cursor,
        }
        return urlencode({name: value for name, value in values.items() if value}, doseq=True)
