"""A search for slots, as a value: what a link, a page and the API all mean by their parameters."""

from dataclasses import dataclass, replace
from datetime import date, time
from math import isfinite
from typing import Any
from urllib.parse import urlencode

from django.contrib.gis.geos import Point
from django.db.models import TextChoices

from centers.forms import DEFAULT_RADIUS, MAX_RADIUS
from centers.models import Center
from centers.querysets import CenterQuerySet, metres_within
from slots.wording import windows

__all__ = ["DEFAULT_RADIUS", "MAX_RADIUS", "Cursor", "Order", "SlotSearch"]


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

    `label` is what to call the origin, and `note` what to know of it. Chosen centres (ids) stand
    instead of the radius (statute miles around `origin`); a `town` is what they were chosen by.
    Dates and times are Europe/London wall-clock; weekdays are ISO numbers, Monday = 1; no
    weekdays or test types means all.
    """

    origin: Point | None = None
    label: str = ""
    note: str = ""
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
    center_names: tuple[str, ...] = ()
    town: str = ""
    order: Order = Order.SOONEST
    cursor: Cursor | None = None

    def after(self, cursor: Cursor) -> "SlotSearch":
        """The same search from another page on."""
        return replace(self, cursor=cursor)

    @property
    def first(self) -> "SlotSearch":
        """The same search from the start of its list."""
        return replace(self, cursor=None)

    @property
    def anywhere(self) -> "SlotSearch":
        """The same conditions and chosen centres around no place, from the start of the list."""
        chosen = replace(self.first, origin=None, label="", note="", postcode="", near="")
        return replace(chosen, town="", centers=(), center_names=()) if self.town else chosen

    @property
    def soonest_first(self) -> "SlotSearch":
        """The same search from the start of its list by date."""
        return replace(self, cursor=None, order=Order.SOONEST)

    @property
    def nearest_first(self) -> "SlotSearch":
        """The same search from the start of its list by distance."""
        return replace(self, cursor=None, order=Order.NEAREST)

    @property
    def any_time(self) -> "SlotSearch":
        """The same places and test types on any date, weekday and time."""
        return replace(
            self.first, date_from=None, date_to=None, weekdays=(), time_from=None, time_until=None
        )

    @property
    def has_windows(self) -> bool:
        """Whether it asks for certain dates, weekdays or times."""
        return self.first != self.any_time

    @property
    def metres(self) -> float:
        """The radius in metres."""
        return metres_within(self.radius)

    @property
    def places(self) -> CenterQuerySet:
        """The open centres that the search looks at."""
        centers = Center.objects.open()
        if self.centers:
            return centers.filter(pk__in=self.centers)
        if self.origin is None:
            return centers.none()
        return centers.within_miles(self.origin, self.radius)

    @property
    def where(self) -> str:
        """Its places in words, as the end of a sentence."""
        if self.town and len(self.centers) > 1:
            return f"in {self.town}"
        if self.centers:
            return f"at {', '.join(self.center_names)}"
        return f"within {self.radius} {'mile' if self.radius == 1 else 'miles'} of {self.label}"

    @property
    def which(self) -> str:
        """The tests that it asks for in words: `Practical tests on Mondays or Fridays`."""
        one_kind = len(self.test_types) == 1
        kind = f"{self.test_types[0].title()} tests" if one_kind else "Practical and theory tests"
        asked = windows(
            self.date_from, self.date_to, self.weekdays, self.time_from, self.time_until
        )
        return f"{kind} {', '.join(asked)}".strip()

    @property
    def place_query(self) -> str:
        """The parameters of a link to the centres around its origin."""
        values = {"q": self.postcode or self.town, "near": self.near, "radius": self.radius}
        return urlencode({name: value for name, value in values.items() if value})

    @property
    def values(self) -> dict[str, Any]:
        """What the search form's fields hold for it; empty where they say the default."""
        return {
            "postcode": self.postcode or self.town,
            "near": self.near,
            "radius": self.radius,
            "test_type": self.test_types,
            "date_from": self.date_from,
            "date_to": self.date_to,
            "weekday": self.weekdays,
            "time_from": self.time_from and self.time_from.isoformat("minutes"),
            "time_until": self.time_until and self.time_until.isoformat("minutes"),
            "center": () if self.town else self.centers,
            "order": None if self.order == Order.SOONEST else self.order.value,
            "cursor": self.cursor,
        }

    @property
    def query(self) -> str:
        """The parameters of a link to this search, without those that say the default."""
        return urlencode({k: value for k, value in self.values.items() if value}, doseq=True)
