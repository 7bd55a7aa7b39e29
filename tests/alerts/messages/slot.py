"""A slot that messages are about."""

from datetime import UTC, date, datetime, time

from alerts.messages.content import Listing
from alerts.taking import Follows

SLOT = Listing(
    notification_id=1, alert_id=1, search_id=1, opening_id=1, miles=2.5, slot_id=1,
    test_type="practical", date=date(2027, 2, 1), time=time(8, 10), center_id=1,
    center="Goodmayes", postcode="IG3 9UZ", opened_at=datetime(2027, 7, 4, 23, 5, tzinfo=UTC),
    last_seen_at=datetime(2027, 7, 4, 23, 12, tzinfo=UTC), source="council",
    is_simulated=False, seconds_left=9.0, is_open=True, unwanted=None, is_changed=False,
    search_name=None,
)  # fmt: skip
# What follows from taking it.
FOLLOWS = Follows(
    of_any=["Change your test by Thursday 14 January 2027"], of_this=["Check <where>"],
    obstacles=["You have no change left"], short_of_any="Change yours by Thu 14 Jan",
    short_of_this="Check whether you may move there",
)  # fmt: skip
