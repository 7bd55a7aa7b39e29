"""A learner's alerts as they are shown: the slot's present state, and what became of the alert."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import capfirst

from accounts.learners import Learner, read_learners
from accounts.models import SavedSearch, User
from accounts.official import OFFICIAL, Official
from alerts.channels import BESIDE
from alerts.models import Delivery, Notification, UnsentReason, UserAlert, Wave
from alerts.taking import SlotToTake, follows
from alerts.wording import turn
from audit.clock import database_now
from centers.models import Center
from slots.models import Slot, SlotOpening
from slots.querysets import latest_clock
from slots.wording import ago, brief_moment, opened

PAGE = 25
A_WEEK = timedelta(days=7)
MOST_SENT = 100
METHODS = {SavedSearch.Method.EMAIL: "by email", SavedSearch.Method.PUSH: "to your devices"}
REASONS: dict[str | None, str] = {
    UnsentReason.NOT_BOOKABLE: "you could no longer take it by then",
    UnsentReason.OVER_LIMIT: "you had as many messages that day as we send in one day",
    UnsentReason.REFUSED: "your mail server refused the message",
    UnsentReason.RETRIES_USED_UP: "it could not be delivered in several tries",
    UnsentReason.NOT_MADE: "something went wrong on our side",
}
CLOSED = {
    SlotOpening.CloseReason.GONE: "gone since",
    SlotOpening.CloseReason.STAFF: "withdrawn at",
    SlotOpening.CloseReason.PASSED: "passed on",
}


@dataclass(frozen=True)
class ShownAlert:
    """One alert with all that its line on a page says."""

    alert: UserAlert
    now: datetime
    learner: Learner
    method: str | None = None
    told_so_far: int | None = None

    @property
    def turn(self) -> str:
        """How many learners were told of it with this one; "" where all were at once."""
        return turn(self.alert.wave, self.told_so_far)

    @property
    def is_reported_gone(self) -> bool:
        """Whether learners said so since a source last listed it."""
        opening = self.alert.opening
        return self.is_open and opening is not None and opening.is_reported_gone

    @property
    def slot(self) -> Slot:
        """The slot that it is about."""
        return self.alert.slot

    @property
    def center(self) -> Center:
        """Where the test would be."""
        return self.alert.slot.center

    @property
    def is_open(self) -> bool:
        """Whether the slot could be booked, as far as we know."""
        opening = self.alert.opening
        closed = opening is not None and opening.closed_at is not None
        return self.slot.available and not closed and not self.is_past

    @property
    def is_past(self) -> bool:
        """Whether the test has begun."""
        return datetime.combine(self.slot.date, self.slot.time) <= latest_clock(self.now)

    @property
    def can_be_answered(self) -> bool:
        """Whether it is still of use to know what became of the slot."""
        return self.alert.state == UserAlert.State.SENT and not self.is_past

    @property
    def opened(self) -> str:
        """How long ago it opened, or since when it is known to be open; "" when neither is."""
        opening = self.alert.opening
        return opened(opening.seen_to_open_at, opening.opened_at, self.now) if opening else ""

    @property
    def last_seen(self) -> str:
        """How long ago its source still listed it; "" when that is not known."""
        moment = self.slot.last_seen_at
        return f"last seen {ago(moment, self.now)}" if moment else ""

    @property
    def source(self) -> str:
        """Who listed it; "" where nobody did."""
        source = self.slot.source
        if source is None:
            return ""
        return f"source: {source}{' (simulated: can’t be booked)' * source.is_simulated}"

    @property
    def seen(self) -> str:
        """Since when it is open, when it was last seen and by which source, in sentences."""
        known = filter(None, [self.opened, self.last_seen, self.source])
        return " ".join(f"{capfirst(each)}." for each in known)

    @property
    def closing(self) -> str:
        """How the slot went: `gone since`, and so on; the time is `closed_at`."""
        opening = self.alert.opening
        reason = opening.close_reason if opening else None
        return CLOSED[SlotOpening.CloseReason(reason)] if reason else "no longer open"

    @property
    def closed_at(self) -> datetime | None:
        """When the slot went, by its source's clock."""
        return self.alert.opening.closed_at if self.alert.opening else None

    @property
    def outcome(self) -> str:
        """What became of the alert, as a sentence without its full stop."""
        if self.alert.state == UserAlert.State.SENT:
            return (
                f"Sent {METHODS.get(SavedSearch.Method(self.method), '')}"
                if self.method
                else "Sent"
            )
        if self.alert.state == UserAlert.State.WAITING:
            return "On its way"
        reason = self.alert.get_state_reason_display() or "the reason is not known"
        return f"Not sent: {REASONS.get(self.alert.state_reason, reason)}"

    @property
    def follows(self) -> list[str]:
        """What follows from taking it, as a sentence each without its full stop."""
        slot = self.slot
        there = SlotToTake(slot.test_type, slot.date, slot.time, slot.center)
        return follows(self.learner, there).sentences

    @property
    def official(self) -> Official:
        """The official service's pages for this kind of test."""
        return OFFICIAL[self.slot.test_type]

    @property
    def name(self) -> str:
        """What tells its slot from the others of a page, for links that stand at each."""
        return f"{brief_moment(self.slot.date, self.slot.time)}, {self.center.name}"


@dataclass(frozen=True)
class HistoryPage:
    """Some alerts, newest first; `older` is where the next page starts, or None."""

    alerts: list[ShownAlert]
    older: int | None


def read_history(user: User, *, before: int | None, now: datetime | None = None) -> HistoryPage:
    """A page of a learner's alerts; `before` is the id after which it starts."""
    found = _alerts().filter(user=user).order_by("-id")
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found[: PAGE + 1])
    older = rows[PAGE - 1].pk if len(rows) > PAGE else None
    return HistoryPage(_shown(rows[:PAGE], now or database_now()), older)


def read_notification(
    notification: Notification, *, now: datetime | None = None
) -> list[ShownAlert]:
    """The alerts of one message: what is open first, then the soonest."""
    rows = _alerts().filter(notification=notification)
    soonest = list(rows.order_by("slot__date", "slot__time", "miles", "id"))
    return sorted(_shown(soonest, now or database_now()), key=lambda shown: not shown.is_open)


def read_sent(user_ids: Collection[int], *, now: datetime | None = None) -> list[ShownAlert]:
    """What learners were told in the last 7 days, the newest first; at most MOST_SENT."""
    now = now or database_now()
    sent = _alerts().filter(user__in=user_ids, state=UserAlert.State.SENT)
    newest = sent.filter(sent_at__gt=now - A_WEEK).order_by("-id")[:MOST_SENT]
    return _shown(list(newest), now)


def _alerts() -> QuerySet[UserAlert]:
    return UserAlert.objects.exclude(state=None).select_related(
        "slot__center", "slot__source", "opening__slot", "preference"
    )


def _shown(alerts: list[UserAlert], now: datetime) -> list[ShownAlert]:
    methods, told = _methods(alerts), _told(alerts)
    learners = read_learners({each.user_id for each in alerts}, today=timezone.localdate(now))
    return [
        ShownAlert(
            each,
            now,
            learners[each.user_id],
            method=methods.get(each.notification_id),
            told_so_far=told.get((each.opening_id, each.wave)),
        )
        for each in alerts
    ]


def _told(alerts: list[UserAlert]) -> dict[tuple[int | None, int | None], int]:
    """How many learners had been told, by opening and wave."""
    openings = {each.opening_id for each in alerts if each.wave}
    waves = Wave.objects.filter(opening__in=openings)
    return {(each.opening_id, each.number): each.told_so_far for each in waves}


def _methods(alerts: list[UserAlert]) -> dict[int | None, str]:
    """By which channel each notification was accepted first."""
    ids = {each.notification_id for each in alerts}
    accepted = Delivery.objects.filter(notification__in=ids, state=Delivery.State.ACCEPTED).exclude(
        channel__in=BESIDE
    )
    rows = accepted.order_by("-accepted_at").values_list("notification_id", "channel")
    return dict(rows)
