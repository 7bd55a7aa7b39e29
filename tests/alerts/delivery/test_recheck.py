"""Between its claim and the network a message is looked at once more."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from accounts.models import MailRefusal, SavedSearch, User
from alerts.delivery.deliver import deliver
from alerts.models import Delivery
from centers.querysets import point
from slots.models import Slot, SlotOpening
from tests.alerts.delivery.test_gather import quiet_now
from tests.alerts.waiting import LONDON, fetch, make_waiting
from tests.alerts.world import make_center, make_search

pytestmark = pytest.mark.django_db


def outcome(alert, sink) -> tuple[int, str | None, str | None]:
    """Mails received, and what the alert says after a round."""
    deliver("email", seconds=30)
    alert = fetch(alert)
    return len(sink.received), alert.state, alert.state_reason


def test_a_slot_that_is_gone_is_not_sent(sink):
    alert = make_waiting()
    Slot.objects.filter(pk=alert.slot_id).update(available=False)
    assert outcome(alert, sink) == (0, "expired", "slot_closed")


def test_a_slot_that_closed_and_opened_again_is_another_openings_to_tell(sink):
    alert = make_waiting()
    SlotOpening.objects.update(closed_at=timezone.now(), close_reason="gone")
    assert outcome(alert, sink) == (0, "expired", "slot_closed")


def test_a_slot_that_has_passed_is_not_sent_though_nobody_has_closed_it(sink):
    # More than an hour: in the night when clocks go back a time comes twice.
    local = (timezone.now() - timedelta(minutes=61)).astimezone(LONDON)
    alert = make_waiting(day=local.date(), at=local.time().replace(second=0, microsecond=0))
    assert outcome(alert, sink) == (0, "expired", "slot_closed")


def test_an_ended_search_tells_nothing(sink):
    alert = make_waiting()
    SavedSearch.objects.update(is_active=False)
    assert outcome(alert, sink) == (0, "suppressed", "search_ended")


def test_a_paused_search_tells_nothing(sink):
    alert = make_waiting()
    SavedSearch.objects.update(paused_until=timezone.now() + timedelta(hours=1))
    assert outcome(alert, sink) == (0, "suppressed", "search_paused")


def test_a_pause_that_is_over_does_not_hold_back(sink):
    alert = make_waiting()
    SavedSearch.objects.update(paused_until=timezone.now() - timedelta(hours=1))
    assert outcome(alert, sink) == (1, "sent", None)


def test_a_deleted_search_tells_nothing(sink):
    alert = make_waiting()
    SavedSearch.objects.all().delete()
    assert outcome(alert, sink) == (0, "suppressed", "search_deleted")


@pytest.mark.parametrize(
    "change",
    [
        {"weekdays": []},
        {"preferred_test_types": ["theory"]},
        {"notification_radius": 1, "location": point(latitude=52.56, longitude=0.1)},
        {"date_from": timezone.localdate() + timedelta(days=30)},
        {"time_until": time(0)},
        {"current_test_date": timezone.localdate()},
        {"min_notice_days": 30},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_search_that_was_changed_since_tells_only_what_it_still_asks_for(sink, change):
    alert = make_waiting()
    SavedSearch.objects.update(**change)
    reason = "search_changed"
    fits = change == {"weekdays": []}
    assert outcome(alert, sink) == ((1, "sent", None) if fits else (0, "suppressed", reason))


def test_a_search_that_has_chosen_other_centres_since_no_longer_tells_of_this_one(sink):
    alert = make_waiting()
    alert.preference.centers.add(make_center())
    assert outcome(alert, sink)[1] == "suppressed"
    other = make_waiting(search=alert.preference)
    alert.preference.centers.add(other.slot.center)
    assert outcome(other, sink)[1] == "sent"


def test_what_was_asked_for_when_it_was_matched_counts_for_a_search_left_as_it_was(sink):
    """A notice of a day, held over midnight by quiet hours, say."""
    search = make_search(min_notice_days=30)
    SavedSearch.objects.update(updated_at=timezone.now() - timedelta(days=1))
    assert outcome(make_waiting(search=search), sink) == (1, "sent", None)


def test_a_disabled_user_is_told_nothing(sink):
    alert = make_waiting()
    User.objects.update(is_active=False)
    assert outcome(alert, sink) == (0, "suppressed", "account_disabled")


def test_an_address_that_refuses_mail_gets_none(sink):
    alert = make_waiting()
    MailRefusal.objects.create(user=alert.user, address=alert.user.email, reason="550")
    assert outcome(alert, sink) == (0, "suppressed", "address_refuses")


def test_a_new_address_is_not_refused_for_the_old_one(sink):
    alert = make_waiting()
    MailRefusal.objects.create(user=alert.user, address="old@example.org", reason="550")
    assert outcome(alert, sink) == (1, "sent", None)


def test_one_closed_slot_leaves_the_others_in_the_message(sink):
    gone = make_waiting()
    stays = make_waiting(search=gone.preference)
    Slot.objects.filter(pk=gone.slot_id).update(available=False)
    assert outcome(stays, sink) == (1, "sent", None)
    assert fetch(gone).state == "expired"


def test_quiet_hours_that_have_begun_meanwhile_put_a_delivery_off(sink):
    alert = make_waiting()
    deliver("email", seconds=0)
    Delivery.objects.update(state="retry", accepted_at=None, next_attempt_at=timezone.now())
    type(alert).objects.update(state="waiting", sent=False, sent_at=None)
    quiet_now(alert.user)
    deliver("email", seconds=30)
    delivery = Delivery.objects.get()
    assert (len(sink.received), delivery.state) == (1, "retry")
    assert delivery.next_attempt_at > timezone.now() + timedelta(minutes=50)
