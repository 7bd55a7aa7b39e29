"""The pages on which a learner composes, changes, pauses and deletes searches."""

import html
import re
from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.mail.smtp import mailer
from accounts.models import Booking, MailRefusal, SavedSearch
from alerts.models import Notification
from audit.clock import database_today
from centers.models import Center, PostcodeArea
from slots.models import SlotOpening
from slots.wording import day, day_of_month
from tests.alerts.world import make_opening, make_slot
from tests.people import learner
from tests.slots.places import watch

QUERY = "postcode=ig39uz&radius=10&test_type=practical"


@pytest.fixture
def place(db):
    PostcodeArea.objects.create(kind="outcode", area="IG3", latitude=51.5645, longitude=0.1018)
    return Center.objects.create(
        name="Goodmayes", postcode="IG3 9UZ", latitude="51.564000", longitude="0.110000"
    )


@pytest.fixture
def ada(place):
    return learner()


@pytest.fixture
def page(client, ada):
    client.force_login(ada)
    return client


@pytest.fixture
def stranger(client, ada):
    client.force_login(learner("eve@example.org"))
    return client


@pytest.fixture
def search(ada):
    return SavedSearch.objects.create(
        user=ada, notification_method="email", postcode="IG3 9UZ", notification_radius=7
    )


def hidden_fields(text: str) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text):
        fields.setdefault(name, []).append(html.unescape(value))
    return fields


def errors(response) -> str:
    return response.content.decode().split("data-error-summary")[1].split("</ul>")[0]


def test_the_promise_names_the_booked_test_and_not_the_one_that_was_said_before(page, search):
    today = database_today()
    SavedSearch.objects.update(current_test_date=today + timedelta(days=30))
    booking = Booking.objects.create(
        user=search.user, test_type="practical", date=today + timedelta(days=60)
    )
    for path in ("/searches/", f"/searches/{search.pk}/pause/", f"/searches/{search.pk}/on/"):
        assert f"practical tests at least 1 day before yours on {day(booking.date)}" in (
            page.get(path).content.decode()
        )


def test_a_search_by_postcode_and_radius_is_saved_in_two_steps(page, ada):
    review = page.get(f"/searches/new/?{QUERY}")
    text = review.content.decode()
    assert "the moment a practical test slot opens within 10 miles of IG3 9UZ." in text
    response = page.post("/searches/new/", hidden_fields(text))
    search = SavedSearch.objects.get()
    assert response.url == f"/searches/{search.pk}/on/"
    assert (search.user, search.postcode, search.notification_radius) == (ada, "IG3 9UZ", 10)
    assert search.preferred_test_types == ["practical"]
    assert search.location
    assert search.location.y == pytest.approx(51.5645)


def test_every_field_survives_the_look_over(page, place):
    test_day = timezone.localdate() + timedelta(days=60)
    query = (
        f"{QUERY}&weekday=1&weekday=5&time_from=08:00&time_until=12:30&min_notice_days=3"
        f"&current_test_date={test_day}&min_days_earlier=2&center={place.pk}&name=Home&method=push"
        f"&date_from={test_day - timedelta(days=9)}&date_to={test_day - timedelta(days=1)}"
    )
    review = page.get(f"/searches/new/?{query}").content.decode()
    page.post("/searches/new/", hidden_fields(review))
    search = SavedSearch.objects.get()
    assert (search.weekdays, search.min_notice_days, search.min_days_earlier) == ([1, 5], 3, 2)
    assert (search.name, search.notification_method) == ("Home", "push")
    assert (f"{search.time_from}", f"{search.time_until}") == ("08:00:00", "12:30:00")
    assert (search.current_test_date, search.date_to) == (test_day, test_day - timedelta(days=1))
    assert list(search.centers.all()) == [place]


def test_a_summary_by_notification_and_email_is_promised_saved_and_offered_again(page):
    review = page.get(f"/searches/new/?{QUERY}&method=both&digest=18:00").content.decode()
    promise = "We send a notification to your devices and email you once a day, at 18:00, if a"
    assert promise in html.unescape(review)
    page.post("/searches/new/", hidden_fields(review))
    search = SavedSearch.objects.get()
    assert (search.notification_method, search.also_email) == ("push", True)
    assert search.digest_at == time(18)
    form = page.get(f"/searches/{search.pk}/edit/").content.decode()
    assert re.search(r'value="both"[^>]*checked', form)
    assert 'value="18:00"' in form


def test_who_has_had_all_messages_of_today_is_told_so(page, ada, search):
    said = "You’ve had today’s 20 messages"
    last = Notification.objects.create(
        user=ada, method="email", due_at=timezone.now(), is_last_today=True
    )
    assert said not in page.get("/searches/").content.decode()
    last.deliveries.create(channel="email", provider="smtp", next_attempt_at=timezone.now())
    assert said in page.get("/searches/").content.decode()
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    Notification.objects.update(created_at=midnight - timedelta(seconds=1))
    assert said not in page.get("/searches/").content.decode()


def test_a_visitor_sees_what_would_be_alerted_and_where_to_sign_up(client, place):
    text = client.get(f"/searches/new/?{QUERY}").content.decode()
    assert "within 10 miles of IG3 9UZ" in text
    assert 'name="next" value="/searches/new/?postcode=ig39uz&amp;radius=10' in text
    assert "Turn on this alert" in text


def test_a_visitor_who_saves_is_sent_to_sign_in_and_loses_nothing(client, place):
    response = client.post("/searches/new/", {"postcode": "IG3 9UZ", "radius": "10"})
    assert response.url.startswith("/accounts/login/?next=/searches/new/%3Fpostcode%3DIG3%2B9UZ")
    assert not SavedSearch.objects.exists()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("postcode=", "Enter a postcode"),
        ("postcode=nonsense", "postcode"),
        ("postcode=BT1 1AA", "Great Britain"),
        ("postcode=ig39uz&radius=0", "from 1 to 500"),
        ("postcode=ig39uz&radius=-3", "from 1 to 500"),
        ("postcode=ig39uz&radius=ten", "from 1 to 500"),
        ("postcode=ig39uz&date_from=2099-02-01&date_to=2099-01-01", "before the first"),
        ("postcode=ig39uz&current_test_date=2020-01-01", "Your test date must be in the future"),
        ("postcode=ig39uz&min_days_earlier=3", "Enter the date of the test"),
        ("postcode=ig39uz&min_notice_days=-1", "from 1 to 365"),
        ("postcode=ig39uz&date_from=2099-05-02&current_test_date=2099-05-01", "before the test"),
        ("postcode=ig39uz&center=99999999999999999999", "Choose centres"),
        ("postcode=ig39uz&center=x", "Choose centres"),
        ("postcode=ig39uz&weekday=8", "Days are numbered"),
        ("postcode=ig39uz&method=pigeon", "Choose email, notifications or both"),
        ("postcode=ig39uz&digest=evening", "Enter a time such as 18:00"),
        ("postcode=ig39uz&name=" + "x" * 10_000, "at most 100 characters"),
        ("postcode=" + "9" * 10_000, "postcode"),
        ("postcode=\U0001f697", "postcode"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(page, query, sentence):
    assert sentence in errors(page.get(f"/searches/new/?{query}"))


def test_a_nul_byte_is_refused(page):
    assert page.get("/searches/new/?postcode=ig39uz&name=%00").status_code == 400


def test_an_unknown_parameter_alone_shows_the_empty_form(page):
    text = page.get("/searches/new/?utm_source=x").content.decode()
    assert "There is a problem" not in text


def test_uncommon_fields_are_folded_away_until_they_say_something(page):
    assert '<details class="fold">' in page.get("/searches/new/").content.decode()
    text = page.get(f"/searches/new/?{QUERY}&weekday=1&change=1").content.decode()
    assert '<details class="fold" open>' in text


def test_a_new_learner_reads_what_a_search_is_for(page):
    assert "You have no saved search yet" in page.get("/searches/").content.decode()


def test_the_owner_changes_a_search(page, search):
    text = page.get(f"/searches/{search.pk}/edit/").content.decode()
    assert 'value="7"' in text
    page.post(f"/searches/{search.pk}/edit/", {"postcode": "IG3 9UZ", "radius": "12"})
    search.refresh_from_db()
    assert search.notification_radius == 12
    assert SavedSearch.objects.count() == 1


def test_the_owner_pauses_and_resumes(page, search):
    tomorrow = timezone.localdate() + timedelta(days=1)
    page.post(f"/searches/{search.pk}/pause/", {"until": tomorrow})
    search.refresh_from_db()
    assert timezone.localdate(search.paused_until) == tomorrow
    assert "Paused until" in page.get("/searches/").content.decode()
    page.post(f"/searches/{search.pk}/resume/")
    search.refresh_from_db()
    assert search.paused_until is None


def test_a_pause_until_today_is_refused(page, search):
    response = page.post(f"/searches/{search.pk}/pause/", {"until": timezone.localdate()})
    assert "Choose a day after today" in errors(response)


def test_deleting_asks_first(page, search):
    page.get(f"/searches/{search.pk}/delete/")
    assert SavedSearch.objects.exists()
    page.post(f"/searches/{search.pk}/delete/")
    assert not SavedSearch.objects.exists()


@pytest.mark.parametrize("action", ["edit", "pause", "resume", "delete"])
def test_a_stranger_finds_nothing(stranger, search, action):
    response = stranger.post(f"/searches/{search.pk}/{action}/", {"postcode": "IG3 9UZ"})
    assert response.status_code == 404
    assert SavedSearch.objects.filter(pk=search.pk, notification_radius=7).exists()


@pytest.mark.parametrize("action", ["edit", "pause", "resume", "delete"])
def test_nobody_is_asked_to_sign_in(client, search, action):
    response = client.post(f"/searches/{search.pk}/{action}/")
    assert response.status_code in (302, 405)
    assert SavedSearch.objects.filter(pk=search.pk).exists()


def test_a_strangers_list_shows_nothing_of_others(stranger, search):
    assert "IG3 9UZ" not in stranger.get("/searches/").content.decode()


def test_the_list_takes_as_many_queries_for_ten_searches_as_for_one(page, ada, search):
    page.get("/searches/")
    with CaptureQueriesContext(connection) as for_one:
        page.get("/searches/")
    for _ in range(9):
        SavedSearch.objects.create(user=ada, notification_method="email", postcode="IG3 9UZ")
    with CaptureQueriesContext(connection) as for_ten:
        page.get("/searches/")
    assert len(for_ten) == len(for_one)


def test_before_saving_one_reads_how_many_would_have_fitted(page, place):
    def shown(radius):
        return page.get(f"/searches/new/?postcode=ig39uz&radius={radius}").content.decode()

    watch(place, timezone.now() - timedelta(days=30))
    make_opening(make_slot(place), recorded_at=timezone.now() - timedelta(days=6))
    make_opening(make_slot(place, time=time(9)), recorded_at=timezone.now() - timedelta(days=8))
    assert "<strong>1 slot</strong>" in shown(10)
    assert "<strong>1 slot</strong>" in shown(1)
    SlotOpening.objects.update(recorded_at=timezone.now() - timedelta(days=8))
    assert "In the last 7 days <strong>no slot</strong>" in shown(10)
    Center.objects.update(latitude="53.000000")
    assert "Nobody has watched these test centres for us" in shown(10)


def test_before_saving_nothing_is_said_of_days_that_nobody_watched(page, place):
    since = timezone.now() - timedelta(days=2)
    watch(place, since)
    text = page.get("/searches/new/?postcode=ig39uz&radius=10").content.decode()
    told = day_of_month(timezone.localtime(since))
    assert f"Since {told}, when we began to watch, <strong>no slot</strong>" in text


def test_a_test_alert_arrives_with_the_searchs_promise(page, search, sink):
    page.post(f"/searches/{search.pk}/test/")
    assert sink.received[-1].recipient == "ada@example.org"
    assert "within 7 miles of IG3 9UZ" in sink.received[-1].part("text/plain")


def test_only_so_many_test_alerts_an_hour(page, search, sink):
    for _ in range(7):
        page.post(f"/searches/{search.pk}/test/")
    assert len(sink.received) == 5


def test_a_mail_server_that_is_down_is_said(page, search, settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    mailer().close()
    page.post(f"/searches/{search.pk}/test/")
    assert "doesn’t answer just now" in page.get("/searches/").content.decode()


def test_a_stranger_sends_no_test_alert(stranger, search):
    assert stranger.post(f"/searches/{search.pk}/test/").status_code == 404


def test_a_search_changed_to_notifications_leads_to_the_page_that_turns_them_on(page, search):
    path = f"/searches/{search.pk}/edit/"
    review = page.get(f"{path}?{QUERY}&method=push").content.decode()
    assert page.post(path, hidden_fields(review)).url == "/push/"


@pytest.mark.parametrize("address", ["/searches/", "/account/"])
def test_a_learner_whose_mail_is_refused_is_told(page, ada, address):
    assert "doesn’t reach you" not in page.get(address).content.decode()
    MailRefusal.objects.create(user=ada, address=ada.email, reason="550")
    assert "doesn’t reach you" in page.get(address).content.decode()
    MailRefusal.objects.update(address="old@example.org")
    assert "doesn’t reach you" not in page.get(address).content.decode()
