"""What the page of results says beside its slots."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from math import ceil
from typing import Any, TypedDict

from django.contrib.gis.geos import Point
from django.db.models import Count, F
from django.template.defaultfilters import pluralize
from django.urls import reverse

from accounts.official import OFFICIAL, Official
from centers.forms import MAX_RADIUS
from centers.models import Center
from slots.models import CoveredWeek, Slot, SlotOpening
from slots.querysets import LONDON, SlotQuerySet
from slots.searching.paging import FoundSlot, Page, read_page
from slots.searching.search import Order, SlotSearch
from slots.wording import ago, brief_moment, opened, period

NEAREST = 20
CLOSE_DAYS = 180
LOOK_BACK = timedelta(days=28)
NEW = timedelta(minutes=15)


class ShownSlot(TypedDict):
    """A found slot in the words of a list; a page has many, so its template only fills them in.

    A dictionary, because that is what a template looks into first.
    """

    at: str
    starts: str
    center_path: str
    center_name: str
    miles: str
    opened: str
    seen: str
    is_new: bool
    warnings: list[str]
    name: str
    official: Official


@dataclass(frozen=True)
class Day:
    """The slots of a page that are on one date, and how many days from today that is."""

    date: date
    days_away: int
    slots: list[ShownSlot]

    @property
    def format(self) -> str:
        """How Django's `date` filter writes it: the year only once it isn't obvious."""
        return "l j F" if self.days_away < CLOSE_DAYS else "l j F Y"


def by_day(slots: Iterable[FoundSlot], *, now: datetime) -> list[Day]:
    """Group consecutive slots of one date, so that either order of the list is kept."""
    today, centers = now.astimezone(LONDON).date(), reverse("center_list")
    return [
        Day(day, (day - today).days, [_shown(slot, now, centers) for slot in group])
        for day, group in groupby(slots, key=lambda slot: slot.date)
    ]


def how_many(page: Page, search: SlotSearch) -> str:
    """`7 slots`, or `The soonest 25 slots` of more, since a list is never counted to its end."""
    count = len(page.slots)
    slots = f"slot{pluralize(count)}"
    if search.cursor is not None:
        return f"{count} more {slots}"
    return f"{count} {slots}" if page.next is None else f"The {search.order} {count} {slots}"


def _shown(slot: FoundSlot, now: datetime, centers: str) -> ShownSlot:
    at = f"{slot.time:%H:%M}"
    since = opened(slot.opened_at, slot.first_seen_at, now)
    return ShownSlot(
        at=at,
        starts=f"{slot.date}T{at}",
        center_path=f"{centers}{slot.center_id}/",
        center_name=slot.center_name,
        miles=f"{slot.miles:.1f} miles",
        opened=f"{', '.join(filter(None, [slot.test_name, since]))}.",
        seen=_seen(slot, now),
        is_new=slot.opened_at is not None and now - slot.opened_at < NEW,
        warnings=_warnings(slot),
        name=f"{brief_moment(slot.date, slot.time)}, {slot.center_name}",
        official=OFFICIAL[slot.test_type],
    )


def _seen(slot: FoundSlot, now: datetime) -> str:
    if slot.source is None:
        return ""
    seen = f"Seen {ago(slot.last_seen_at, now)}. " if slot.last_seen_at else ""
    return f"{seen}Source: {slot.source}."


def _warnings(slot: FoundSlot) -> list[str]:
    silent = slot.source is not None and slot.is_stale
    doubts = ["Reported gone"] * slot.is_reported_gone or ["May be gone"] * silent
    return ["Simulated"] * bool(slot.is_simulated) + doubts


@dataclass(frozen=True)
class Outlook:
    """What helps a learner whose search found nothing.

    `nearest` fits all but the radius, and `wider` is the search that reaches it; `openings` is
    how many slots of the wanted test types opened at the search's places in the `period`, which
    is "" where nobody has watched them of late.
    """

    nearest: FoundSlot | None
    wider: SlotSearch | None
    openings: int
    period: str


def read_outlook(search: SlotSearch, *, now: datetime) -> Outlook:
    """Look beyond the radius, and back over LOOK_BACK."""
    nearest = _nearest(search, now)
    wider = nearest and replace(search.first, radius=max(ceil(nearest.miles), 1), centers=())
    since = now - LOOK_BACK
    covered = CoveredWeek.objects.at(search.places, search.test_types)
    watched = covered.watched_since(since)
    openings = _openings(search, watched) if watched else 0
    return Outlook(nearest, wider, openings, period(watched, since, now))


def _nearest(search: SlotSearch, now: datetime) -> FoundSlot | None:
    if search.origin is None:
        return None
    wider = replace(search, radius=MAX_RADIUS, centers=(), order=Order.NEAREST, cursor=None)
    return next(iter(read_page(wider, now=now, size=1).slots), None)


def _openings(search: SlotSearch, since: datetime) -> int:
    here = Slot.objects.at_places_of(search).filter(date__gte=since.astimezone(LONDON).date())
    if search.test_types:
        here = here.filter(test_type__in=search.test_types)
    return SlotOpening.objects.filter(opened_at__gte=since, slot__in=here).seen_to_open().count()


def read_map(search: SlotSearch, *, now: datetime) -> dict[str, Any]:
    """Centres of the search with their number of open slots that it finds, for the map.

    Degrees of WGS 84; `metres` is the radius, None where centres were chosen.
    """
    counts = count_open(Slot.objects.matching(search, now))
    centers = search.places.filter(location__isnull=False)
    return {
        "origin": [search.origin.y, search.origin.x] if search.origin else None,
        "metres": None if search.centers else search.metres,
        "centers": [_on_map(center, counts.get(center.pk, 0)) for center in centers],
    }


def map_of(center: Center, open_slots: int) -> dict[str, Any] | None:
    """The map of one centre alone, None if nobody knows where it is."""
    if center.latitude is None:
        return None
    return {"origin": None, "metres": None, "centers": [_on_map(center, open_slots)]}


def map_to_choose(center_ids: Iterable[int], *, now: datetime) -> dict[str, Any] | None:
    """The map of the centres that a form offers; None where none of them has a place."""
    centers = list(Center.objects.filter(pk__in=list(center_ids), location__isnull=False))
    if not centers:
        return None
    counts = count_open(Slot.objects.open_at(now).filter(center__in=centers))
    on_map = [_on_map(center, counts.get(center.pk, 0)) for center in centers]
    return {"origin": None, "metres": None, "centers": on_map}


def _on_map(center: Center, open_slots: int) -> dict[str, Any]:
    return {
        "id": center.pk, "name": center.name, "open": open_slots,
        "latitude": float(center.latitude or 0), "longitude": float(center.longitude or 0),
    }  # fmt: skip


def count_open(slots: SlotQuerySet) -> dict[int, int]:
    """How many of these slots are at each centre, by its id."""
    counted = slots.order_by().values("center").annotate(open=Count("pk"))
    return dict(counted.values_list("center", "open"))


@dataclass(frozen=True)
class NearbyCenter:
    """A centre, statute miles to it, and how many slots are open there."""

    center: Center
    miles: float
    open: int


def near(origin: Point, radius: int | None, *, now: datetime) -> list[NearbyCenter]:
    """The open centres within a radius (miles), or without one the NEAREST, closest first."""
    located = Center.objects.open().filter(location__isnull=False)
    around = located if radius is None else located.within_miles(origin, radius)
    closest = around.with_miles_from(origin).order_by(F("miles").asc(), "pk")
    found = list(closest if radius else closest[:NEAREST])
    counts = count_open(Slot.objects.open_at(now).filter(center__in=found))
    return [NearbyCenter(center, _miles(center), counts.get(center.pk, 0)) for center in found]


def _miles(center: Center) -> float:
    return float(center.miles)  # type: ignore[attr-defined]  # annotated by with_miles_from
