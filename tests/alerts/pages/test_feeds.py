"""Following a search in a feed reader, by an address that is shown once and can be revoked."""

from datetime import datetime
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import SavedSearch, User
from alerts.models import SearchFeed, UserAlert
from alerts.searches.feeds import make_feed
from audit.models import AuditLog
from tests.alerts.world import make_center, make_opening, make_search, make_slot
from tests.people import learner

pytestmark = pytest.mark.django_db
ATOM = {"atom": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def ada() -> User:
    return learner(first_name="Ada")


@pytest.fixture
def page(ada: User) -> Client:
    client = Client()
    client.force_login(ada)
    return client


@pytest.fixture
def search(ada: User) -> SavedSearch:
    return make_search(ada, name="For Ben", postcode="IG3 9UZ")


def alert_of(search: SavedSearch, **fields: object) -> UserAlert:
    slot = make_slot(make_center())
    return UserAlert.objects.create(
        user=search.user, slot=slot, opening=make_opening(slot), preference=search, miles=3.2,
        **{"state": "waiting"} | fields,
    )  # fmt: skip


def read(path: str) -> ElementTree.Element:
    """What a reader gets who has no session."""
    response = Client().get(path)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/atom+xml")
    return ElementTree.fromstring(response.content)  # noqa: S314 - written by the site itself


def entries(feed: ElementTree.Element) -> list[ElementTree.Element]:
    return feed.findall("atom:entry", ATOM)


def text_of(element: ElementTree.Element, name: str) -> str:
    return element.findtext(f"atom:{name}", namespaces=ATOM) or ""


def test_it_lists_what_the_search_alerted_to_newest_first(search):
    first, second = alert_of(search), alert_of(search)
    alert_of(make_search(search.user))
    found = entries(read(f"/feeds/{make_feed(search=search)}.atom"))
    centers = [text_of(entry, "title").partition(",")[0] for entry in found]
    assert centers == [second.slot.center.name, first.slot.center.name]
    assert f"{first.slot.time:%H:%M}" in text_of(found[1], "title")
    assert datetime.fromisoformat(text_of(found[1], "updated"))


def test_the_feed_and_each_entry_have_what_rfc_4287_asks_of_them(search):
    alert_of(search)
    feed = read(f"/feeds/{make_feed(search=search)}.atom")
    assert feed.tag == "{http://www.w3.org/2005/Atom}feed"
    for element in (feed, *entries(feed)):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"atom:{name}", ATOM)) == 1
            assert text_of(element, name)


def test_names_stay_when_the_address_is_made_again(search):
    alert_of(search)
    feeds = [read(f"/feeds/{make_feed(search=search)}.atom") for _ in range(2)]
    ids = [[text_of(each, "id") for each in (feed, *entries(feed))] for feed in feeds]
    assert ids[0] == ids[1]


def test_it_says_whether_the_slot_is_still_open(search):
    alert = alert_of(search)
    path = f"/feeds/{make_feed(search=search)}.atom"
    assert "Open when this was read" in text_of(entries(read(path))[0], "summary")
    alert.slot.available = False
    alert.slot.save()
    assert "Gone" in text_of(entries(read(path))[0], "summary")


def test_nothing_in_it_is_about_the_learner(search):
    alert_of(search)
    text = Client().get(f"/feeds/{make_feed(search=search)}.atom").content.decode()
    center = UserAlert.objects.get().slot.center
    for personal in ("Ada", "ada@example.org", "For Ben", search.postcode, "3.2"):
        assert personal not in text.replace(center.postcode, "")


def test_no_answer_to_it_is_kept_on_the_way(search):
    assert Client().get(f"/feeds/{make_feed(search=search)}.atom")["Cache-Control"] == "no-store"


def test_the_address_is_shown_once_and_only_its_digest_is_stored(page, search):
    text = page.post(f"/searches/{search.pk}/feed/").content.decode()
    address = text.partition('value="')[2].partition('"')[0]
    path = address.removeprefix(address.partition("/feeds/")[0])
    assert read(path) is not None
    secret = path.removeprefix("/feeds/").removesuffix(".atom")
    assert secret not in page.get(f"/searches/{search.pk}/feed/").content.decode()
    assert secret not in str(SearchFeed.objects.values().get())
    assert secret not in str(list(AuditLog.objects.values()))


def test_the_page_says_which_search_it_is_about(page, search):
    SavedSearch.objects.update(name="Near college")
    assert "Near college" in page.get(f"/searches/{search.pk}/feed/").content.decode()


def test_a_new_address_ends_the_old_one(search):
    old, new = make_feed(search=search), make_feed(search=search)
    assert Client().get(f"/feeds/{old}.atom").status_code == 404
    assert Client().get(f"/feeds/{new}.atom").status_code == 200


def test_one_press_ends_it(page, search):
    secret = make_feed(search=search)
    page.post(f"/searches/{search.pk}/feed/end/")
    assert Client().get(f"/feeds/{secret}.atom").status_code == 404
    assert AuditLog.objects.filter(action="feed.revoked").count() == 1
    page.post(f"/searches/{search.pk}/feed/end/")
    assert AuditLog.objects.filter(action="feed.revoked").count() == 1


def test_it_ends_with_its_search_and_rests_while_its_learner_is_disabled(ada, search):
    secret = make_feed(search=search)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert Client().get(f"/feeds/{secret}.atom").status_code == 404
    User.objects.filter(pk=ada.pk).update(is_active=True)
    assert Client().get(f"/feeds/{secret}.atom").status_code == 200
    search.delete()
    assert Client().get(f"/feeds/{secret}.atom").status_code == 404


def test_a_guess_finds_nothing(search):
    make_feed(search=search)
    for guess in ("x", SearchFeed.objects.get().digest, "x" * 500):
        assert Client().get(f"/feeds/{guess}.atom").status_code == 404


def test_many_entries_take_as_many_statements_as_one(search):
    path = f"/feeds/{make_feed(search=search)}.atom"
    counts = []
    for _ in range(3):
        alert_of(search)
        with CaptureQueriesContext(connection) as queries:
            Client().get(path)
        counts.append(len([each for each in queries if '"systemconfig"' not in each["sql"]]))
    assert len(set(counts)) == 1
