"""What learners say became of a slot: counted, and two who say "gone" hold its next wave."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from accounts.models import User
from alerts.answers import answer_alert
from alerts.matching.match import match_openings
from alerts.messages import links
from alerts.models import Notification, UserAlert
from slots.models import Slot, SlotOpening
from slots.searching.browsing import by_day
from slots.searching.paging import read_page
from slots.searching.search import SlotSearch
from tests.alerts.world import make_center, make_opening, make_search, make_slot, set_config
from tests.people import learner

pytestmark = pytest.mark.django_db
GONE, GOT_IT = UserAlert.Answer.GONE, UserAlert.Answer.GOT_IT


@pytest.fixture
def opening() -> SlotOpening:
    """Told to the first three of five learners, its next wave to come."""
    set_config("alerts.wave_first", "3")
    for _ in range(5):
        make_search(created_at=timezone.now() - timedelta(days=1))
    slot = make_slot(make_center(), date=timezone.now().date() + timedelta(days=30))
    made = make_opening(slot, recorded_at=timezone.now())
    match_openings()
    return fetch(made)


def fetch(opening: SlotOpening) -> SlotOpening:
    return SlotOpening.objects.select_related("slot").get(pk=opening.pk)


def say(opening: SlotOpening, *answers: UserAlert.Answer | None) -> SlotOpening:
    """One learner after the other answers; the opening as it is then."""
    for alert, answer in zip(opening.alerts.order_by("id"), answers, strict=False):
        answer_alert(alert=alert, answer=answer)
    return fetch(opening)


def test_the_second_learner_who_says_gone_holds_the_next_wave(opening):
    after_one = say(opening, GONE)
    assert not after_one.is_reported_gone
    assert after_one.next_wave_at == opening.next_wave_at
    after_two = say(opening, GONE, GONE)
    assert after_two.is_reported_gone
    assert after_two.next_wave_at == opening.next_wave_at + timedelta(seconds=120)


def test_a_third_who_says_it_holds_nothing_more(opening):
    held = say(opening, GONE, GONE)
    assert say(opening, GONE, GONE, GONE).next_wave_at == held.next_wave_at


def test_one_learner_who_says_it_twice_is_one(opening):
    say(opening, GONE)
    assert not say(opening, GONE).is_reported_gone


def test_who_got_it_is_no_report(opening):
    assert not say(opening, GONE, GOT_IT).is_reported_gone


def test_what_was_taken_back_no_longer_counts(opening):
    say(opening, GONE)
    say(opening, None)
    alert = opening.alerts.order_by("id")[0]
    assert (alert.answer, alert.answered_at) == (None, None)
    answer_alert(alert=opening.alerts.order_by("id")[1], answer=GONE)
    assert not fetch(opening).is_reported_gone


def test_nothing_is_closed_by_it(opening):
    reported = say(opening, GONE, GONE)
    assert (reported.closed_at, reported.slot.available) == (None, True)


def test_once_a_source_lists_it_again_the_reports_are_over(opening):
    say(opening, GONE, GONE)
    Slot.objects.update(last_seen_at=timezone.now())
    assert not fetch(opening).is_reported_gone
    assert not say(opening, GONE).is_reported_gone
    assert say(opening, GONE, GONE).is_reported_gone


def warnings(opening: SlotOpening) -> list[str]:
    """What a list says beside the slot."""
    now = timezone.now()
    page = read_page(SlotSearch(centers=(opening.slot.center_id,)), now=now)
    return [warning for day in by_day(page.slots, now=now) for warning in day.slots[0]["warnings"]]


def test_a_slot_that_was_reported_gone_is_marked_so_in_lists(opening):
    assert warnings(opening) == []
    say(opening, GONE, GONE)
    assert warnings(opening) == ["Reported gone"]


@pytest.fixture
def ada() -> User:
    return learner()


@pytest.fixture
def told(ada) -> UserAlert:
    """An alert that a mail has told Ada of."""
    slot = make_slot(make_center(), date=timezone.now().date() + timedelta(days=30))
    sent = {"state": "sent", "sent": True, "sent_at": timezone.now()}
    notification = Notification.objects.create(user=ada, method="email", due_at=timezone.now())
    return UserAlert.objects.create(
        user=ada, slot=slot, opening=make_opening(slot), notification=notification, **sent
    )


def page_of(alert: UserAlert) -> str:
    return urlsplit(links.alert_page_url(alert.notification_id)).path


def test_the_link_of_a_mail_takes_an_answer_without_any_session(client, told):
    path = page_of(told)
    answer = client.post(path, {"alert": told.pk, "answer": "gone"})
    assert answer.status_code == 302
    told.refresh_from_db()
    assert told.answer == GONE
    assert "Thank you" in client.get(path).content.decode()


def test_opening_the_link_changes_nothing(client, told):
    client.get(page_of(told), {"alert": told.pk, "answer": "gone"})
    told.refresh_from_db()
    assert told.answer is None


def test_an_answer_can_be_undone(client, told):
    for answer in ("got_it", "undo"):
        client.post(page_of(told), {"alert": told.pk, "answer": answer})
    told.refresh_from_db()
    assert told.answer is None


@pytest.mark.parametrize("answer", ["", "sold", None])
def test_an_answer_that_is_none_of_ours_is_refused(client, told, answer):
    said = {"alert": told.pk} | ({} if answer is None else {"answer": answer})
    assert client.post(page_of(told), said).status_code == 400
    told.refresh_from_db()
    assert told.answer is None


def test_the_link_of_one_message_takes_no_answer_about_another_messages_alert(client, told):
    other = UserAlert.objects.create(
        user=told.user, slot=make_slot(make_center()), state="waiting"
    )  # fmt: skip
    answer = client.post(page_of(told), {"alert": other.pk, "answer": "gone"})
    assert answer.status_code == 404
    other.refresh_from_db()
    assert other.answer is None


def test_a_learner_answers_in_their_history_and_nobody_else_does(client, told, ada):
    path = f"/alerts/{told.pk}/answer/"
    client.force_login(learner(email="eve@example.org"))
    assert client.post(path, {"alert": told.pk, "answer": "gone"}).status_code == 404
    client.force_login(ada)
    assert client.post(path, {"alert": told.pk, "answer": "gone"}).status_code == 302
    told.refresh_from_db()
    assert told.answer == GONE
