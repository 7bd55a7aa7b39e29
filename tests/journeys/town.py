"""A town with everything that a page can show: the bundled centres, slots, a learner who has had
every kind of alert, and one who has nothing yet."""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlsplit

from django.utils import timezone

from accounts.models import Booking, SavedSearch, User
from alerts.messages import links
from alerts.models import Companion, Delivery, Notification, PushSubscription, UserAlert
from centers.bundled import load_bundled
from centers.geocoding import locate
from centers.models import Center, NearestCenter
from centers.querysets import point
from slots.center_pages.measuring_waits import measure_waits
from slots.models import CoveredWeek, Slot, SlotOpening, Source
from slots.querysets import monday_of
from tests.passkeys import make_passkey
from tests.people import learner
from tests.slots.places import watch

HOME = "IG3 9UZ"
SENT_MINUTES_AGO = 50


@dataclass(frozen=True)
class Town:
    """Whom and what the pages of a gallery are about; links are paths."""

    ada: User
    newcomer: User
    center: Center
    quiet_center: Center
    search: SavedSearch
    alert: UserAlert
    alert_link: str
    unsubscribe_link: str
    got_a_test_link: str
    pause_link: str
    not_for_me_link: str
    companion_link: str


def build_town(seed: int = 1) -> Town:
    """Write all of it; which slots there are is the same for the same seed."""
    load_bundled()
    ada, newcomer = learner("ada@example.org"), learner("new@example.org")
    center = Center.objects.get(name__startswith="Goodmayes")
    _fill(random.Random(seed), center)
    measure_waits(timezone.now())
    searches = _searches(ada, center)
    alerts = _alerts(ada, searches[0], center)
    _devices(ada)
    make_passkey(ada, name="Chrome on Android")
    _booked(ada, center)
    notification = alerts[0].notification
    return Town(
        ada=ada,
        newcomer=newcomer,
        center=center,
        quiet_center=Center.objects.open().exclude(slots__isnull=False).order_by("name")[0],
        search=searches[0],
        alert=alerts[0],
        alert_link=_path(links.alert_page_url(notification.pk if notification else 0)),
        unsubscribe_link=_path(
            links.unsubscribe_url(user_id=ada.pk, search_ids=[searches[0].pk])
        ),
        got_a_test_link=_path(links.got_a_test_url(user_id=ada.pk)),
        pause_link=_path(links.pause_url(user_id=ada.pk, search_ids=[searches[3].pk])),
        not_for_me_link=_path(links.not_for_me_url(alerts[0].pk)),
        companion_link=_path(links.companion_url(_companion(ada).pk)),
    )  # fmt: skip


def _companion(ada: User) -> Companion:
    """Someone whom Ada has asked."""
    return Companion.objects.create(user=ada, place=1, email="mum@example.org", learner_name="Ada")


def _path(url: str) -> str:
    return urlsplit(url).path


def _fill(rng: random.Random, center: Center) -> None:
    """Slots around the centre of two sources, one of which is silent, and a past to picture."""
    now = timezone.now()
    feed = Source.objects.create(name="north-feed", heard_at=now)
    silent = Source.objects.create(name="old-feed", heard_at=now - timedelta(hours=3))
    near = center.location and Center.objects.within_miles(center.location, 25)
    for each in near or ():
        for _ in range(rng.randint(0, 5)):
            _slot(each, rng, now, rng.choice([feed, feed, feed, silent]), taken=False)
    for _ in range(90):
        _slot(center, rng, now, feed, taken=True)
    _watch(center, now)


def _watch(center: Center, now: datetime) -> None:
    """For twelve weeks, but for one of them."""
    watch(center, now - timedelta(weeks=11))
    CoveredWeek.objects.filter(monday=monday_of(now - timedelta(weeks=5))).delete()


def _slot(
    center: Center, rng: random.Random, now: datetime, source: Source, *, taken: bool
) -> None:
    opened = now - timedelta(minutes=rng.randint(1, 100_000 if taken else 2_000))
    day = opened.date() + timedelta(days=rng.randint(3, 90))
    clock = time(rng.randint(7, 16), rng.choice([7, 12, 20, 35, 44, 57]))
    slot, made = Slot.objects.get_or_create(
        center=center, test_type="practical", date=day, time=clock,
        defaults={"available": not taken, "source": source, "last_seen_at": opened},
    )  # fmt: skip
    if made:
        gone = {
            "closed_at": opened + timedelta(minutes=rng.randint(2, 600)),
            "close_reason": "gone",
        }
        SlotOpening.objects.create(
            slot=slot, episode=1, opened_at=opened, source=source, **gone if taken else {}
        )


def _searches(user: User, center: Center) -> list[SavedSearch]:
    place = locate(HOME)
    at_home = {
        "user": user, "postcode": HOME, "notification_method": "email",
        "location": point(latitude=place.latitude, longitude=place.longitude),
    }  # fmt: skip
    make = SavedSearch.objects.create
    today = timezone.localdate()
    looking = make(
        **at_home, notification_radius=10, preferred_test_types=["practical"], weekdays=[1, 2, 5],
        time_from=time(8), time_until=time(15, 30), current_test_date=today + timedelta(days=120),
        min_days_earlier=7, min_notice_days=3,
    )  # fmt: skip
    paused = make(
        **at_home, name="Near college", notification_radius=25,
        paused_until=timezone.now() + timedelta(days=9),
    )  # fmt: skip
    ended = make(**at_home, notification_radius=5, is_active=False)
    chosen = make(user=user, notification_method="push")
    chosen.centers.set([center, *Center.objects.open().exclude(pk=center.pk)[:2]])
    return [looking, paused, ended, chosen]


def _booked(user: User, center: Center) -> None:
    """A test that can still be changed once, and where it can be moved to."""
    today = timezone.localdate()
    Booking.objects.create(
        user=user, test_type="practical", date=today + timedelta(days=60), time=time(8, 10),
        center=center, first_center=center, changes_used=1,
    )  # fmt: skip
    passed, failed = today - timedelta(days=200), today - timedelta(days=2)
    User.objects.filter(pk=user.pk).update(theory_passed_on=passed, last_failed_on=failed)
    others = Center.objects.open().exclude(pk=center.pk).order_by("name")[:3]
    for rank, other in enumerate(others, 1):
        NearestCenter.objects.create(center=center, other=other, rank=rank)


def _alerts(user: User, search: SavedSearch, center: Center) -> list[UserAlert]:
    """One of each ending, newest first."""
    now = timezone.now()
    sent = _notification(user, now, Delivery.State.ACCEPTED)
    unsent = _notification(user, now, Delivery.State.SUPPRESSED)
    open_day, gone_day = (timezone.localdate() + timedelta(days=days) for days in (19, 23))
    is_sent = {"state": "sent", "sent": True, "sent_at": now - timedelta(minutes=SENT_MINUTES_AGO)}
    make = UserAlert.objects.create
    said = {"user": user, "preference": search, "miles": 2.4}
    return [
        make(**said, **_opened(center, open_day, "08:10"), notification=sent, **is_sent),
        make(**said, **_opened(center, gone_day, "10:14", gone=True), notification=sent, **is_sent),
        make(
            **said, **_opened(center, gone_day, "11:11", gone=True), notification=unsent,
            state="suppressed", state_reason="over_limit",
        ),
        make(**said, **_opened(center, open_day, "14:27"), state="waiting"),
    ]  # fmt: skip


def _opened(center: Center, day: date, clock: str, *, gone: bool = False) -> dict[str, object]:
    then = timezone.now() - timedelta(minutes=SENT_MINUTES_AGO + 1)
    source = Source.objects.get(name="north-feed")
    slot, _ = Slot.objects.get_or_create(
        center=center, test_type="practical", date=day, time=time.fromisoformat(clock),
        defaults={"available": not gone, "source": source, "last_seen_at": then},
    )  # fmt: skip
    slot.openings.all().delete()
    ending = {"closed_at": then + timedelta(minutes=8), "close_reason": "gone"} if gone else {}
    opening = SlotOpening.objects.create(
        slot=slot, episode=1, opened_at=then, source=source, **ending
    )
    return {"slot": slot, "opening": opening}


def _notification(user: User, now: datetime, state: str) -> Notification:
    notification = Notification.objects.create(user=user, method="email", due_at=now)
    accepted = now if state == Delivery.State.ACCEPTED else None
    Delivery.objects.create(
        notification=notification, channel="email", provider="smtp", state=state,
        accepted_at=accepted, next_attempt_at=now,
    )  # fmt: skip
    return notification


def _devices(user: User) -> None:
    for number, label in enumerate(["Chrome on Android", "Safari on iPhone"]):
        PushSubscription.objects.create(
            user=user, endpoint=f"https://push.example.org/{number}", p256dh="x", auth="x",
            label=label,
        )  # fmt: skip
