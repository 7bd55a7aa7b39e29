"""Between its claim and the network a message is looked at once more."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import SavedSearch, User
from alerts.delivery.rounds import send_round
from alerts.models import Delivery, MailRefusal
from slots.models import Slot, SlotOpening
from tests.alerts.delivery.test_coalescing import quiet_now
from tests.alerts.waiting import LONDON, fetch, make_waiting

pytestmark = pytest.mark.django_db


def outcome(alert, sink) -> tuple[int, str | None, str | None]:
    """Mails received, and what the alert says after a round."""
    send_round("email", seconds=30)
    alert = fetch(alert)
    return len(sink.received), alert.state, alert.state_reason


def test_a_slot_that_is_gone_is_not_sent(sink):
    alert = make_waiting()
    Slot.objects.filter(pk=alert.slot_id).update(available=False)
    assert outcome(alert, sink) == (0, "expired", "the slot was no longer open")


def test_a_slot_that_closed_and_opened_again_is_another_openings_to_tell(sink):
    alert = make_waiting()
    SlotOpening.objects.update(closed_at=timezone.now(), close_reason="gone")
    assert outcome(alert, sink) == (0, "expired", "the slot was no longer open")


def test_a_slot_that_has_passed_is_not_sent_though_nobody_has_closed_it(sink):
    # More than an hour: in the night when clocks go back a time comes twice.
    local = (timezone.now() - timedelta(minutes=61)).astimezone(LONDON)
    alert = make_waiting(day=local.date(), at=local.time().replace(second=0, microsecond=0))
    assert outcome(alert, sink) == (0, "expired", "the slot was no longer open")


def test_an_ended_search_tells_nothing(sink):
    alert = make_waiting()
    SavedSearch.objects.update(is_active=False)
    assert outcome(alert, sink) == (0, "suppressed", "the search was ended")


def test_a_paused_search_tells_nothing(sink):
    alert = make_waiting()
    SavedSearch.objects.update(paused_until=timezone.now() + timedelta(hours=1))
    assert outcome(alert, sink) == (0, "suppressed", "the search was paused")


def test_a_pause_that_is_over_does_not_hold_back(sink):
    alert = make_waiting()
    SavedSearch.objects.update(paused_until=timezone.now() - timedelta(hours=1))
    assert outcome(alert, sink) == (1, "sent", None)


def test_a_deleted_search_tells_nothing(sink):
    alert = make_waiting()
    SavedSearch.objects.all().delete()
    assert outcome(alert, sink) == (0, "suppressed", "the search was deleted")


def test_a_disabled_user_is_told_nothing(sink):
    alert = make_waiting()
    User.objects.update(is_active=False)
    assert outcome(alert, sink) == (0, "suppressed", "the account is disabled")


def test_an_address_that_refuses_mail_gets_none(sink):
    alert = make_waiting()
    MailRefusal.objects.create(user=alert.user, address=alert.user.email, reason="550")
    assert outcome(alert, sink) == (0, "suppressed", "the address refuses mail")


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
    send_round("email", seconds=0)
    Delivery.objects.update(state="retry", accepted_at=None, next_attempt_at=timezone.now())
    type(alert).objects.update(state="waiting", sent=False, sent_at=None)
    quiet_now(alert.user)
    send_round("email", seconds=30)
    delivery = Delivery.objects.get()
    assert (len(sink.received), delivery.state) == (1, "retry")
    assert delivery.next_attempt_at > timezone.now() + timedelta(minutes=50)
