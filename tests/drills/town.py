"""A town of learners for the drills, what they should be told by plain Python, and what they were.

The oracle shares no code with the program: haversine, dates and sets.
"""

import math
import random
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.contrib.gis.geos import Point
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import SavedSearch, User
from alerts.models import Delivery, UserAlert
from audit.models import SystemConfig
from centers.models import Center
from slots.models import Slot, SlotOpening
from tests.smtp_sink import Received

LONDON = ZoneInfo("Europe/London")
EARTH_MILES = 3958.7613
QUICK = {
    "alerts.coalesce_seconds": "1",
    "alerts.gap_seconds": "0",
    "alerts.daily_message_limit": "10000",
    "alerts.lease_seconds": "4",
    "alerts.breaker_seconds": "1",
    "alerts.waves": "false",
}
# As the mail says it: "Monday 1 March 2027 at 08:10", then the centre in the next line.
MORE = re.compile(r"^And (\d+) more:", re.MULTILINE)
LISTED = re.compile(r"^\w+ (\d+ \w+ \d{4}) at (\d\d:\d\d)\n\w+ test, (.+?) \(", re.MULTILINE)

Told = tuple[str, tuple[str, date, time]]


def configure(**changed: str) -> None:
    """Short windows and leases, no gap, no daily limit, and everyone told at once."""
    values = QUICK | {f"alerts.{name}": value for name, value in changed.items()}
    for key, value in values.items():
        SystemConfig.objects.update_or_create(key=key, defaults={"value": value})


class Town:
    """Learners with one search each, centres, and slots that open and close."""

    def __init__(self, seed: int, *, learners: int, centers: int) -> None:
        self.rng = random.Random(seed)
        self.openings: dict[int, tuple[Center, date, time]] = {}
        self.closed: set[int] = set()
        self._minute = 0
        self._homes: dict[int, tuple[float, float]] = {}
        with transaction.atomic():
            self.centers = [self._center(number) for number in range(centers)]
            self.searches = [self._search(number) for number in range(learners)]

    def _place(self) -> tuple[float, float]:
        return 51.5 + self.rng.uniform(-0.3, 0.3), self.rng.uniform(-0.4, 0.4)

    def _center(self, number: int) -> Center:
        latitude, longitude = self._place()
        return Center.objects.create(
            name=f"Town {number}", postcode="IG3 9UZ",
            latitude=round(latitude, 5), longitude=round(longitude, 5),
        )  # fmt: skip

    def _search(self, number: int) -> SavedSearch:
        """With a radius that no centre lies on, where haversine and spheroid might differ."""
        email = f"learner{number}@example.org"
        user = User.objects.create(email=email, password="x")
        EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
        place, radius = self._place(), self.rng.randint(3, 8)
        while any(abs(miles(place, each) - radius) < radius * 0.01 for each in self.centers):
            place = self._place()
        search = SavedSearch.objects.create(
            user=user, location=Point(place[1], place[0], srid=4326),
            notification_radius=radius, notification_method="email",
        )  # fmt: skip
        self._homes[search.pk] = place
        return search

    def open_slots(self, count: int) -> list[int]:
        """Open new slots in one transaction, as a batch does; their openings' ids."""
        with transaction.atomic():
            return [self._open() for _ in range(count)]

    def _open(self) -> int:
        now = timezone.now()
        center = self.rng.choice(self.centers)
        self._minute += 1
        day = now.astimezone(LONDON).date() + timedelta(days=3 + self._minute // 600)
        at = time(8 + self._minute % 600 // 60, self._minute % 60)
        slot = Slot.objects.create(center=center, test_type="practical", date=day, time=at)
        opening = SlotOpening.objects.create(slot=slot, episode=1, opened_at=now)
        self.openings[opening.pk] = (center, day, at)
        return opening.pk

    def home_of(self, search: SavedSearch) -> tuple[float, float]:
        """Latitude and longitude of where a learner looks from."""
        return self._homes[search.pk]

    def all_told(self) -> bool:
        """Nothing waits to be matched, for a wave or to be due again, or is on its way since."""
        in_waves = SlotOpening.objects.filter(next_wave_at__isnull=False, closed_at=None)
        if SlotOpening.objects.unmatched().exists() or in_waves.exists():
            return False
        back = Q(state="expired", opening__closed_at=None, slot__available=True)
        waiting = UserAlert.objects.filter(Q(state="waiting") | back).exists()
        return not (waiting or Delivery.objects.live().exists())

    def close_slots(self, openings: list[int]) -> None:
        """Close slots again."""
        with transaction.atomic():
            found = SlotOpening.objects.filter(pk__in=openings)
            found.update(closed_at=timezone.now(), close_reason="gone")
            Slot.objects.filter(openings__in=openings).update(available=False)
        self.closed |= set(openings)

    def expected(self) -> set[Told]:
        """Who must be told of what, closed or not."""
        return {
            (search.user.email, (center.name, day, at))
            for center, day, at in self.openings.values()
            for search in self.searches
            if miles(self._homes[search.pk], center) <= search.notification_radius
        }

    def may_miss(self) -> set[Told]:
        """What was closed while it may still have been on its way."""
        gone = {
            (center.name, day, at)
            for opening, (center, day, at) in self.openings.items()
            if opening in self.closed
        }
        return {told for told in self.expected() if told[1] in gone}


def miles(place: tuple[float, float], center: Center) -> float:
    """Statute miles by the haversine formula on a sphere."""
    (a, b), (c, d) = place, (float(center.latitude or 0), float(center.longitude or 0))
    a, b, c, d = map(math.radians, (a, b, c, d))
    half = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * EARTH_MILES * math.asin(math.sqrt(half))


def as_date(text: str) -> date:
    """`1 March 2027` as a date."""
    return datetime.strptime(text, "%d %B %Y").replace(tzinfo=LONDON).date()


@dataclass(frozen=True)
class Heard:
    """What the mails that were accepted say: each slot they list, and of how many to whom.

    A mail lists ten slots at most and says of the others how many they are.
    """

    listed: Counter[Told]
    totals: Counter[str]


def heard(received: list[Received]) -> Heard:
    """What all these mails say together."""
    found = Heard(Counter(), Counter())
    for mail in received:
        text = mail.part("text/plain").replace("\r\n", "\n")
        slots = [
            (name, as_date(day), time.fromisoformat(at)) for day, at, name in LISTED.findall(text)
        ]
        found.listed.update((mail.recipient, slot) for slot in slots)
        found.totals[mail.recipient] += len(slots) + sum(map(int, MORE.findall(text)))
    return found


def told(received: list[Received]) -> Counter[Told]:
    """Each slot that they list, and how often."""
    return heard(received).listed


def compare(said: Heard, *, least: Collection[Told], most: Counter[Told]) -> dict[str, int]:
    """LOSS, TWICE and what nobody should have been told, against what has to and may be said."""
    at_least, at_most = Counter(email for email, _ in least), Counter(e for e, _ in most.elements())
    return {
        "loss": sum((at_least - said.totals).values()),
        "twice": sum((said.listed - most).values()) + sum((said.totals - at_most).values()),
        "unexpected": len(set(said.listed) - set(most)),
    }


def verdict(town: Town, received: list[Received]) -> dict[str, int]:
    """Each opening once to each learner in reach, unless it closed while it was on its way."""
    expected = town.expected()
    return compare(
        heard(received), least=expected - town.may_miss(), most=Counter(dict.fromkeys(expected, 1))
    )
