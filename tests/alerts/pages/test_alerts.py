"""The history of a learner's alerts, and the page that a message links to."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.utils import timezone

from alerts.delivery.gather import gather_notifications
from alerts.messages import links
from alerts.models import Delivery, UserAlert
from slots.models import Slot, SlotOpening, Source
from slots.wording import at
from tests.alerts.waiting import make_waiting
from tests.alerts.world import make_user
from tests.people import learner

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return learner()


@pytest.fixture
def page(client, ada):
    client.force_login(ada)
    return client


def text_of(page, address="/alerts/") -> str:
    return " ".join(page.get(address).content.decode().split())


def accept(alert: UserAlert, channel="email") -> None:
    Delivery.objects.update(state="accepted", accepted_at=timezone.now(), channel=channel)
    UserAlert.objects.filter(pk=alert.pk).update(state="sent", sent=True, sent_at=timezone.now())


@pytest.fixture
def alert(ada):
    alert = make_waiting(ada)
    gather_notifications()
    alert.refresh_from_db()
    return alert


@pytest.fixture
def link(alert):
    return urlsplit(links.alert_page_url(alert.notification_id)).path


def test_a_new_learner_reads_what_will_be_there(page):
    assert "No alert yet" in text_of(page)


@pytest.mark.parametrize("address", ["/alerts/", "link"])
def test_an_open_slot_says_when_it_was_last_seen_and_by_whom(page, alert, link, address):
    feed = Source.objects.create(name="north-feed")
    two_minutes_ago = timezone.now() - timedelta(minutes=2)
    Slot.objects.filter(pk=alert.slot_id).update(source=feed, last_seen_at=two_minutes_ago)
    text = text_of(page, link if address == "link" else address)
    assert "Opened 1 minute ago. Last seen 2 minutes ago. Source: north-feed." in text


def test_an_opening_that_nobody_saw_is_not_said_to_have_opened(page, alert):
    SlotOpening.objects.update(quiet="returned")
    text = text_of(page)
    assert f"Open when first seen at {at(alert.opening.opened_at)}." in text
    assert "Opened" not in text


def test_an_open_slot_leads_to_the_official_service(page, alert):
    accept(alert)
    text = text_of(page)
    assert alert.slot.center.name in text
    assert ">Open</span>" in text
    assert "https://www.gov.uk/change-driving-test" in text
    assert "Sent by email on" in text


def test_a_gone_slot_says_since_when_and_leads_nowhere(page, alert):
    alert.slot.available = False
    alert.slot.save()
    alert.opening.closed_at, alert.opening.close_reason = timezone.now(), "gone"
    alert.opening.save()
    text = text_of(page)
    assert "Gone since" in text
    assert 'href="https://www.gov.uk/change-driving-test"' not in text


def test_a_slot_whose_time_has_come_is_past_although_nobody_closed_it(page, alert):
    alert.slot.date = timezone.localdate() - timedelta(days=1)
    alert.slot.save()
    text = text_of(page)
    assert ">Past</span>" in text
    assert 'href="https://www.gov.uk/change-driving-test"' not in text


def test_what_was_not_sent_says_why(page, alert):
    UserAlert.objects.update(state="suppressed", state_reason="over_limit")
    assert "Not sent: you had as many messages that day as we send" in text_of(page)


def test_a_row_that_matching_did_not_make_is_not_shown(page, alert):
    UserAlert.objects.update(state=None)
    assert "No alert yet" in text_of(page)


def test_the_history_is_ones_own(client, alert):
    client.force_login(learner("eve@example.org"))
    assert alert.slot.center.name not in text_of(client)


def test_nobody_is_asked_to_sign_in(client):
    assert client.get("/alerts/").url == "/accounts/login/?next=/alerts/"


def test_a_long_history_comes_in_pages_without_a_gap(page, ada):
    made = [make_waiting(ada).pk for _ in range(27)]
    first = text_of(page)
    older = text_of(page, f"/alerts/?before={made[2]}")
    assert f"?before={made[2]}" in first
    shown = [f'id="alert-{pk}"' in first for pk in made]
    assert shown == [False] * 2 + [True] * 25
    assert [f'id="alert-{pk}"' in older for pk in made] == [True] * 2 + [False] * 25


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "", "١"])
def test_a_tampered_page_is_not_found(page, before):
    assert page.get("/alerts/", {"before": before}).status_code == 404


def test_ten_alerts_take_as_many_queries_as_one(page, ada, django_assert_max_num_queries):
    for _ in range(10):
        make_waiting(ada)
    with django_assert_max_num_queries(8):
        page.get("/alerts/")


def test_the_link_in_a_message_opens_without_signing_in(client, alert, link):
    assert alert.slot.center.name in text_of(client, link)


def test_a_message_of_several_slots_leads_to_the_official_service_once(client, ada):
    alerts = [make_waiting(ada), make_waiting(ada)]
    gather_notifications()
    alerts[0].refresh_from_db()
    path = urlsplit(links.alert_page_url(alerts[0].notification_id)).path
    text = text_of(client, path)
    assert text.count(">Open</span>") == 2
    assert text.count('href="https://www.gov.uk/change-driving-test"') == 1


def test_a_message_whose_slots_are_all_gone_leads_nowhere(client, alert, link):
    alert.slot.available = False
    alert.slot.save()
    assert 'href="https://www.gov.uk/change-driving-test"' not in text_of(client, link)


def test_the_link_opens_for_seven_days(client, link):
    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23), tick=False):
        assert client.get(link).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=7, hours=1), tick=False):
        response = client.get(link)
    assert response.status_code == 410
    assert "This link is too old" in response.content.decode()


@pytest.mark.parametrize("token", ["x", "eyJ:abc:def", "\U0001f697", "a" * 500])
def test_a_link_that_is_not_ours_says_so(client, token):
    response = client.get(f"/alerts/{token}/")
    assert response.status_code == 404
    assert "This link doesn’t work" in response.content.decode()


def test_one_links_token_opens_nothing_else(client, ada, link):
    other = urlsplit(links.unsubscribe_url(user_id=ada.pk, search_ids=[1])).path
    token = other.split("/")[2]
    assert client.get(f"/alerts/{token}/").status_code == 404
    assert client.post(f"/unsubscribe/{link.split('/')[2]}/").status_code == 404


def test_the_page_of_somebody_erased_is_not_found(client, link):
    make_user()
    UserAlert.objects.get().user.delete()
    assert client.get(link).status_code == 404


def test_the_history_has_a_button_that_ends_every_search(page, ada, alert):
    button = re.search(r'<form method="post" action="(/got-a-test/[^"]+)"', text_of(page))
    assert button
    page.post(button[1])
    assert not ada.searches.filter(is_active=True).exists()
