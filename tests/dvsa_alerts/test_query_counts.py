"""Each learner's page asks the database as often for many rows as for a few."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alerts.delivery.gather import gather_notifications
from alerts.messages import links
from alerts.models import PushSubscription, UserAlert
from slots.models import Source
from tests.alerts.waiting import make_waiting
from tests.alerts.world import make_center, make_search
from tests.passkeys import make_passkey
from tests.people import learner
from tests.slots.places import make_postcode, open_slot
from tests.staff import signed_in

pytestmark = pytest.mark.django_db

FEW, MORE = 2, 8
MOST_QUERIES = 16
LEFT_OUT = re.compile(r'"systemconfig"|^(RELEASE )?SAVEPOINT ')
SEARCH = "postcode=IG3+9UZ&radius=25"
PAGES = {
    "home": "/",
    "results": f"/slots/?{SEARCH}",
    "results by distance": f"/slots/?{SEARCH}&order=nearest",
    "nothing found": f"/slots/?{SEARCH}&time_from=23:58",
    "map": f"/slots/map/?{SEARCH}",
    "centres": "/centers/",
    "centres by usual wait": "/centers/?order=usual",
    "centres by name": "/centers/?q=center",
    "centres near": "/centers/?q=IG3+9UZ",
    "centre": "/centers/{center}/",
    "searches": "/searches/",
    "new search": "/searches/new/",
    "new search, filled in": f"/searches/new/?{SEARCH}&change=1",
    "review": f"/searches/new/?{SEARCH}",
    "change": "/searches/{search}/edit/",
    "saved": "/searches/{search}/on/",
    "feed of a search": "/searches/{search}/feed/",
    "pause": "/searches/{search}/pause/",
    "delete": "/searches/{search}/delete/",
    "bookings": "/bookings/",
    "booking": "/bookings/practical/",
    "alerts": "/alerts/",
    "missed": "/alerts/missed/",
    "not for me": "/alerts/{alert}/not-for-me/",
    "alert by mail": "{alert_link}",
    "unsubscribe": "{unsubscribe_link}",
    "got a test": "{got_a_test_link}",
    "companions": "/companions/",
    "webhooks": "/webhooks/",
    "push": "/push/",
    "account": "/account/",
    "erase": "/account/erase/",
    "email": "/accounts/email/",
    "passkeys": "/accounts/2fa/webauthn/",
    "second step": "/accounts/2fa/",
    "sessions": "/accounts/sessions/",
    "rules": "/rules/",
    "fairness": "/fairness/",
    "privacy": "/privacy/",
    "contact": "/contact/",
    "accessibility": "/accessibility/",
}


@pytest.fixture
def ada():
    make_postcode()
    return learner()


@pytest.fixture
def page(ada) -> Client:
    return signed_in(ada)


def add_rows(ada, count: int) -> None:
    """So many more of all that a page could list, all of it in one message."""
    for number in range(count):
        center = make_center(latitude=51.56 + number / 1000)
        source = Source.objects.create(name=f"feed {center.pk}", heard_at=timezone.now())
        search = make_search(ada, centers=[center])
        make_waiting(ada, search=search, center=center, source=source)
        day = timezone.localdate() + timedelta(days=3 + number)
        open_slot(center, day, source=source, opened_at=timezone.now())
        endpoint = f"https://push.example.org/{center.pk}"
        PushSubscription.objects.create(user=ada, endpoint=endpoint, p256dh="x", auth="x")
        make_passkey(ada, name=f"phone {center.pk}")
        sign_in_elsewhere(ada)
    gather_notifications()
    newest = UserAlert.objects.exclude(notification=None).order_by("notification").last()
    UserAlert.objects.update(notification=newest and newest.notification)


def sign_in_elsewhere(ada) -> None:
    elsewhere = Client()
    elsewhere.force_login(ada)
    key = elsewhere.session.session_key
    UserSession.objects.create(user=ada, ip="192.0.2.1", user_agent="x", session_key=key)


def address(template: str, ada) -> str:
    """The page about what was made first."""
    alert = UserAlert.objects.order_by("pk")[0]
    searches = list(ada.searches.values_list("pk", flat=True))
    return template.format(
        center=alert.slot.center_id,
        search=searches[0],
        alert=alert.pk,
        alert_link=urlsplit(links.alert_page_url(alert.notification_id)).path,
        unsubscribe_link=urlsplit(links.unsubscribe_url(user_id=ada.pk, search_ids=searches)).path,
        got_a_test_link=urlsplit(links.got_a_test_url(user_id=ada.pk)).path,
    )


def queries_of(page: Client, path: str) -> list[str]:
    """All but the settings, which whatever page comes after 2 s reads again.

    And but savepoints, for outside a test a page is no part of a transaction.
    """
    with CaptureQueriesContext(connection) as queries:
        assert page.get(path).status_code == 200
    asked = [query["sql"] for query in queries]
    return [sql for sql in asked if not LEFT_OUT.search(str(sql))]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_as_often_for_many_rows_as_for_a_few(page, ada, name):
    add_rows(ada, FEW)
    queries_of(page, address(PAGES[name], ada))  # what is asked once and remembered
    few = queries_of(page, address(PAGES[name], ada))
    add_rows(ada, MORE)
    many = queries_of(page, address(PAGES[name], ada))
    assert len(many) == len(few), "\n".join(map(str, many))
    assert len(few) <= MOST_QUERIES
