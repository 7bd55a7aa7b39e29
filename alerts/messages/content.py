"""What a message tells, and to whom, as the last check before sending saw it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from alerts.config import DAILY_MESSAGE_LIMIT


@dataclass(frozen=True)
class Recipient:
    """The user behind a notification; `quiet_until` is set while quiet hours last (aware).

    `mailed_instead` says of a push that the notification goes by email meanwhile, `is_last_today`
    that no more messages are allowed today.
    """

    user_id: int
    is_active: bool
    email: str
    refuses_mail: bool
    quiet_until: datetime | None
    mailed_instead: bool
    is_last_today: bool = False


@dataclass(frozen=True)
class Listing:
    """One alert's slot, and what the learner calls the search that it fits.

    Date and time are Europe/London, `miles` is None where not measured, `seconds_left` until
    the slot's start by the database's clock. `unwanted` says why it is not to be told, and
    `is_changed` that something has changed which may be a reason. Of a slot that is told in
    waves, `wave` is the learner's, counted from 1, and `told_so_far` how many had been told with
    it.
    """

    notification_id: int
    alert_id: int
    search_id: int | None
    opening_id: int | None
    miles: float | None
    slot_id: int
    test_type: str
    date: date
    time: time
    center_id: int
    center: str
    postcode: str
    opened_at: datetime | None
    last_seen_at: datetime | None
    source: str | None
    is_simulated: bool
    seconds_left: float
    is_open: bool
    unwanted: str | None
    is_changed: bool
    wave: int | None = None
    told_so_far: int | None = None
    search_name: str | None = None


@dataclass(frozen=True)
class Content:
    """What a notification tells, and to whom; the listings are the soonest first.

    The `target` is set where it doesn't go to the learner's own address: a device, a companion.
    """

    recipient: Recipient
    listings: Sequence[Listing]
    target: Any = None

    @property
    def last_of(self) -> int | None:
        """How many messages a day are allowed, of the last of a day; else None."""
        return DAILY_MESSAGE_LIMIT.value() if self.recipient.is_last_today else None

    @property
    def search_ids(self) -> list[int]:
        """The searches that its slots fit."""
        return sorted({each.search_id for each in self.listings if each.search_id})
