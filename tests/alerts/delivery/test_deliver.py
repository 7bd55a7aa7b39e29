"""Leases, retries, breakers and doubts: what becomes of a delivery when sending goes wrong."""

from datetime import time, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import F
from django.utils import timezone

from accounts.mail.breakers import take_probe
from accounts.mail.results import Accepted
from accounts.mail.retries import DELAYS, MOST_DOUBTS, delay_after
from accounts.models import Breaker, MailRefusal, SavedSearch, User
from alerts.delivery import recheck as rechecking
from alerts.delivery import send as sending
from alerts.delivery.claim import Claimed, claim
from alerts.delivery.deliver import prepare, send_due
from alerts.delivery.gather import gather_notifications
from alerts.delivery.record import Journal, settle_left_behind
from alerts.delivery.send import Tally, send
from alerts.messages import mails
from alerts.models import Delivery, SenderJournal
from audit import config
from audit.models import SystemConfig
from tests.alerts.waiting import fetch, make_waiting
from tests.smtp_sink import Mood

pytestmark = pytest.mark.django_db


@pytest.fixture
def alert():
    """A waiting alert whose delivery is due."""
    waiting = make_waiting()
    gather_notifications()
    return waiting


def the_delivery() -> Delivery:
    """The only one there is."""
    return Delivery.objects.get()


def claim_one() -> Claimed:
    """Claim the only one that is due."""
    (claimed,) = claim("email")
    return claimed


def make_due() -> None:
    """Let the time until the next attempt, or the lease's end, be over."""
    then = timezone.now() - timedelta(seconds=1)
    SenderJournal.objects.update(look_until=then, lease_until=then)
    Delivery.objects.update(next_attempt_at=then)
    Delivery.objects.exclude(lease_until=None).update(lease_until=then)
    Breaker.objects.update(open_until=F("open_until") - timedelta(hours=1))


def send_until_over(times: int = 20) -> int:
    """Try again and again at once; how often it was taken up."""
    taken_up = 0
    for _ in range(times):
        taken_up += send_due("email").taken_up
        make_due()
    return taken_up


# Leases


def test_what_is_claimed_is_not_claimed_by_another(alert):
    assert len(claim("email")) == 1
    assert claim("email") == []


def test_what_is_claimed_is_taken_up_again_after_the_lease(alert):
    first = claim_one()
    make_due()
    second = claim_one()
    assert (first.id, first.token != second.token) == (second.id, True)


def test_who_lost_the_lease_before_looking_starts_nothing(alert):
    first = claim_one()
    make_due()
    claim_one()
    assert prepare([first]) == []


def test_who_lost_the_lease_before_sending_sends_nothing(alert, sink):
    prepared = prepare([claim_one()])
    make_due()
    settle_left_behind()
    claim_one()
    send(prepared)
    assert sink.received == []


def test_nothing_is_sent_on_a_look_that_is_too_old(alert, sink):
    prepared = prepare([claim_one()])
    make_due()
    send(prepared)
    assert sink.received == []
    assert send_due("email").accepted == 1


def test_who_lost_the_lease_while_sending_finishes_nothing(alert, sink):
    (prepared,) = prepare([claim_one()])
    journal = Journal(prepared.claimed.token)
    assert journal.begin(prepared.claimed)
    Delivery.objects.update(lease_token=uuid4())
    journal.note(prepared.claimed, Accepted())
    journal.close([])
    assert (the_delivery().state, fetch(alert).state) == ("sending", "waiting")


def test_a_sender_that_ended_while_sending_leaves_a_doubt_that_is_counted(alert, sink):
    (prepared,) = prepare([claim_one()])
    Journal(prepared.claimed.token).begin(prepared.claimed)
    make_due()
    send_due("email")
    assert (the_delivery().state, the_delivery().in_doubt) == ("accepted", 1)


def test_a_sender_that_ended_before_sending_leaves_no_doubt(alert, sink):
    prepare([claim_one()])
    make_due()
    send_due("email")
    assert (the_delivery().in_doubt, len(sink.received)) == (0, 1)


# Many at once


@pytest.fixture
def others(alert):
    """Four more alerts whose deliveries are due."""
    waiting = [make_waiting() for _ in range(4)]
    gather_notifications()
    return waiting


def test_all_that_is_due_is_claimed_at_once(others):
    assert len(claim("email")) == 5


def test_no_more_are_claimed_than_asked_for(others):
    assert (len(claim("email", most=3)), len(claim("email"))) == (3, 2)


def test_what_brought_its_holder_down_is_claimed_alone(others):
    claim("email", most=1)
    make_due()
    assert sorted(len(claim("email")) for _ in range(2)) == [1, 4]


def test_an_end_leaves_a_doubt_for_the_one_that_reached_the_network(others, sink):
    first = prepare(claim("email"))[0].claimed
    Journal(first.token).begin(first)
    make_due()
    send_due("email")
    assert (Delivery.objects.in_doubt().count(), len(sink.received)) == (1, 5)


def test_who_has_not_had_a_turn_is_put_back_without_a_doubt(others, sink, monkeypatch):
    monkeypatch.setattr(sending, "TURNS_LAST", 0)
    send(prepare(claim("email")))
    left = Delivery.objects.order_by().values_list("state", "starts", "attempts", "in_doubt")
    assert (list(left.distinct()), sink.received) == ([("retry", 0, 0, 0)], [])
    monkeypatch.undo()
    assert send_due("email").accepted == 5


def test_the_others_of_a_failing_provider_are_put_back(others, sink):
    sink.mood = Mood.CLOSING
    assert send(prepare(claim("email"))) == Tally(taken_up=1, accepted=0)


def test_a_refused_address_holds_up_no_other(others, alert, sink):
    sink.moods_of = {alert.user.email: Mood.STRICT}
    assert send_due("email").accepted == 4


def test_what_somebody_is_changing_is_left_for_later(others, alert, sink, monkeypatch):
    free = rechecking.Locked.holds
    monkeypatch.setattr(
        rechecking.Locked, "holds", lambda *both: both[1].alert_id != alert.pk and free(*both)
    )
    assert send_due("email").accepted == 4
    monkeypatch.undo()
    make_due()
    assert (send_due("email").accepted, fetch(alert).state) == (1, "sent")


def test_through_a_pool_that_lends_connections_each_is_sent_and_no_statement_is_kept(
    others, sink, monkeypatch
):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
        assert send_due("email").accepted == 5
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        assert (cursor.fetchone(), len(sink.received)) == ((0,), 5)


def test_every_try_is_the_same_message(alert, sink):
    sink.mood = Mood.DROPPING
    send_due("email")
    sink.mood = Mood.KIND
    make_due()
    send_due("email")
    first, second = sink.received
    assert first.message["Message-ID"] == second.message["Message-ID"]


def test_nothing_is_claimed_while_sending_is_off(alert, sink):
    SystemConfig.objects.create(key="alerts.sending", value="false")
    config.forget_cached()
    send_due("email")
    assert (the_delivery().state, sink.received) == ("pending", [])


# Retries


@pytest.mark.parametrize(("attempts", "seconds"), list(enumerate(DELAYS, start=1)))
def test_the_wait_grows_with_the_attempts(attempts, seconds):
    assert 0.8 * seconds <= delay_after(attempts) <= 1.2 * seconds


def test_a_busy_server_is_tried_again_after_a_wait(alert, sink):
    sink.mood = Mood.BUSY
    before = timezone.now()
    send_due("email")
    after, delivery = timezone.now(), the_delivery()
    assert (delivery.state, delivery.attempts, delivery.last_error) == ("retry", 1, "451 later")
    shortest, longest = (timedelta(seconds=DELAYS[0] * share) for share in (0.8, 1.2))
    assert before + shortest <= delivery.next_attempt_at <= after + longest


def hours_pass(hours: float) -> None:
    """What was refused before was refused so much earlier, and is due."""
    Delivery.objects.update(refused_since=F("refused_since") - timedelta(hours=hours))
    make_due()


def test_it_is_tried_as_long_as_a_slot_is_open_for_six_hours(alert, sink):
    sink.mood = Mood.BUSY
    send_until_over()
    hours_pass(5.9)
    assert (send_due("email").taken_up, the_delivery().state) == (1, "retry")
    hours_pass(0.1)
    connections = sink.connections
    send_due("email")
    assert (the_delivery().state, sink.connections) == ("failed", connections)
    assert (fetch(alert).state, fetch(alert).state_reason) == ("failed", "retries_used_up")


def test_the_hours_of_a_failing_provider_do_not_count(alert, sink):
    sink.mood = Mood.CLOSING
    send_due("email")
    assert the_delivery().refused_since is None


def test_nor_do_those_of_quiet_hours(alert, sink):
    sink.mood = Mood.BUSY
    send_due("email")
    User.objects.update(quiet_from=time(0), quiet_until=time(23, 59, 59, 999999))
    make_due()
    send_due("email")
    assert (the_delivery().state, the_delivery().refused_since) == ("retry", None)


@pytest.mark.parametrize("minutes", [5, 15, 55])
def test_greylisting_loses_nothing_that_is_still_open(alert, sink, minutes):
    """The waits are those that were written, one after the other, until the server takes it."""
    sink.says["RCPT"] = "451 4.7.1 Greylisted, come back later"
    tries, waited = 0, 0.0
    while waited < minutes * 60:
        send_due("email")
        tries += 1
        waited += (the_delivery().next_attempt_at - timezone.now()).total_seconds()
        hours_pass(waited / 3600)
    sink.says.clear()
    send_due("email")
    assert (fetch(alert).state, len(sink.received)) == ("sent", 1)
    assert waited < minutes * 60 + 720
    assert tries == the_delivery().attempts - 1


def test_a_line_that_drops_after_each_message_may_bring_it_six_times_at_most(alert, sink):
    sink.mood = Mood.DROPPING
    send_until_over()
    assert len(sink.received) == the_delivery().in_doubt == MOST_DOUBTS
    assert (the_delivery().state, the_delivery().reason) == ("failed", "retries_used_up")


def test_a_slot_that_closes_between_attempts_ends_them(alert, sink):
    sink.mood = Mood.BUSY
    send_due("email")
    type(alert.slot).objects.update(available=False)
    make_due()
    send_due("email")
    assert (the_delivery().state, fetch(alert).state) == ("expired", "expired")


def test_a_refusal_for_good_is_not_tried_again(alert, sink):
    sink.mood = Mood.STRICT
    assert send_until_over() == 1
    assert (the_delivery().state, fetch(alert).state_reason) == ("failed", "refused")


def test_a_refused_address_gets_no_more_mail(alert, sink):
    sink.mood = Mood.STRICT
    send_due("email")
    sink.mood = Mood.KIND
    later = make_waiting(search=alert.preference)
    gather_notifications()
    send_due("email")
    assert MailRefusal.objects.get().address == alert.user.email
    assert (fetch(later).state, sink.received) == ("suppressed", [])


# Messages that can't be made


def test_a_message_that_cannot_be_made_fails_after_five_tries(alert, sink, monkeypatch):
    made = []
    monkeypatch.setattr(mails, "render", lambda *args: made.append(args) or 1 / 0)
    send_until_over()
    assert (len(made), fetch(alert).state) == (5, "failed")
    assert fetch(alert).state_reason == "not_made"


def test_a_message_that_cannot_be_made_holds_up_no_other(alert, sink, monkeypatch):
    whole = mails.subject
    monkeypatch.setattr(
        mails,
        "subject",
        lambda found: 1 / 0 if found[0].alert_id == alert.pk else whole(found),
    )
    other = make_waiting()
    gather_notifications()
    send_due("email")
    assert (fetch(other).state, fetch(alert).state) == ("sent", "waiting")


def test_a_line_break_in_a_centers_name_adds_no_header(sink):
    alert = make_waiting()
    type(alert.slot.center).objects.update(name="Evil\r\nBcc: e@x.org")
    gather_notifications()
    send_due("email")
    (mail,) = sink.received
    assert mail.message["Bcc"] is None
    assert "Evil Bcc: e@x.org" in " ".join(mail.message["Subject"].split())


# Breakers


def fail_thrice(sink, mood=Mood.CLOSING) -> None:
    """Three messages that a failing provider does not take."""
    make_waiting()
    make_waiting()
    gather_notifications()
    sink.mood = mood
    send_due("email")


def test_three_failures_in_a_row_open_the_breaker(alert, sink):
    fail_thrice(sink)
    assert Breaker.objects.get(provider="smtp").open_until > timezone.now()


def test_nothing_is_claimed_while_the_breaker_is_open(alert, sink):
    fail_thrice(sink)
    Delivery.objects.update(next_attempt_at=timezone.now())
    assert send_due("email").taken_up == 0


def test_a_failing_provider_uses_up_no_attempts(alert, sink):
    sink.mood = Mood.CLOSING
    send_until_over()
    assert (the_delivery().attempts, the_delivery().state) == (0, "retry")


def test_a_provider_that_was_failing_is_tried_with_one_message(alert, sink):
    fail_thrice(sink)
    make_due()
    before = sink.connections
    send_due("email")
    assert sink.connections - before == 1


def test_only_one_at_a_time_tries_a_provider_that_was_failing(alert, sink):
    fail_thrice(sink)
    make_due()
    assert take_probe("smtp", seconds=10)
    assert not take_probe("smtp", seconds=10)


def test_a_message_that_was_not_sent_after_all_tells_nothing_of_the_provider(alert, sink):
    fail_thrice(sink)
    make_due()
    sink.mood = Mood.KIND
    first = Delivery.objects.order_by("next_attempt_at").first()
    SavedSearch.objects.filter(user=first.notification.user).update(is_active=False)
    send_due("email")
    assert len(sink.received) == 2


def test_a_provider_that_works_again_gets_everything(alert, sink):
    fail_thrice(sink)
    make_due()
    sink.mood = Mood.KIND
    send_due("email")
    assert (len(sink.received), Breaker.objects.get().failures) == (3, 0)


def test_one_success_makes_failures_count_from_none(alert, sink):
    sink.mood = Mood.CLOSING
    send_due("email")
    make_due()
    sink.mood = Mood.KIND
    send_due("email")
    assert Breaker.objects.get().failures == 0
