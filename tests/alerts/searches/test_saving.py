"""Writing saved searches."""

import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from accounts.models import SavedSearch
from alerts.searches import saving
from audit.models import AuditLog, SystemConfig
from centers.models import Center
from centers.querysets import point
from tests.people import learner

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return learner()


@pytest.fixture
def center():
    return Center.objects.create(name="Goodmayes", postcode="IG3 9UZ")


def wish(**fields) -> SavedSearch:
    place = {"postcode": "IG3 9UZ", "location": point(latitude=51.56, longitude=0.1)}
    said = {
        "notification_radius": 10, "notification_method": "email", "only_bookable": True,
        "also_email": False,
    }  # fmt: skip
    return SavedSearch(**said | place | fields)


def saved(user, **fields) -> SavedSearch:
    return saving.save_search(user=user, wish=wish(**fields), centers=[])


def actions() -> list[str]:
    return list(AuditLog.objects.order_by("id").values_list("action", flat=True))


def test_a_new_search_is_active_and_all_its_own(ada, center):
    search = saving.save_search(user=ada, wish=wish(name="Home"), centers=[center])
    search.refresh_from_db()
    assert (search.user, search.name, search.notification_radius) == (ada, "Home", 10)
    assert search.is_active
    assert list(search.centers.all()) == [center]


def test_what_is_recorded_never_holds_the_place(ada):
    search = saved(ada)
    saving.save_search(user=ada, wish=wish(postcode="BN1 1AA"), centers=[], search=search)
    assert actions() == ["search.created", "search.changed"]
    details = AuditLog.objects.get(action="search.changed").details
    assert json.loads(details or "") == {"postcode": "changed"}


def test_changing_a_search_keeps_when_it_was_made_and_wakes_it(ada):
    search = saved(ada)
    made_at = SavedSearch.objects.get(pk=search.pk).created_at
    saving.end_all_searches(user=ada, actor=ada)
    saving.save_search(user=ada, wish=wish(notification_radius=5), centers=[], search=search)
    search.refresh_from_db()
    assert (search.created_at, search.notification_radius, search.is_active) == (made_at, 5, True)


def test_no_more_searches_than_allowed(ada):
    SystemConfig.objects.create(key="alerts.max_searches", value="1")
    saved(ada)
    with pytest.raises(saving.TooManySearches, match="Delete one"):
        saved(ada)
    assert SavedSearch.objects.count() == 1


def test_a_pause_ends_at_midnight_in_london(ada):
    search = saved(ada)
    saving.pause_search(search=search, until=date(2027, 7, 1), actor=ada)
    search.refresh_from_db()
    midnight = datetime(2027, 7, 1, tzinfo=ZoneInfo("Europe/London"))
    assert search.paused_until == midnight
    assert not SavedSearch.objects.looking(midnight.replace(month=6)).exists()
    assert SavedSearch.objects.looking(midnight).exists()


def test_resuming_ends_the_pause_and_the_end(ada):
    search = saved(ada)
    saving.pause_search(search=search, until=date(2099, 1, 1), actor=ada)
    saving.end_all_searches(user=ada, actor=ada)
    saving.resume_search(search=search, actor=ada)
    search.refresh_from_db()
    assert (search.paused_until, search.is_active) == (None, True)


def test_deleting_is_recorded(ada):
    saving.delete_search(search=saved(ada), actor=ada)
    assert not SavedSearch.objects.exists()
    assert actions() == ["search.created", "search.deleted"]


def test_ending_all_leaves_the_searches_of_others(ada):
    own, other = saved(ada), saved(learner("eve@example.org"))
    assert saving.end_all_searches(user=ada, actor=ada) == [own.pk]
    other.refresh_from_db()
    assert other.is_active


def test_undoing_restarts_only_what_is_named_and_ones_own(ada):
    first, second = saved(ada), saved(ada)
    other = saved(learner("eve@example.org"))
    SavedSearch.objects.update(is_active=False)
    named = [first.pk, other.pk]
    assert saving.restart_searches(user=ada, ids=named, actor=None) == [first.pk]
    active = SavedSearch.objects.filter(is_active=True)
    assert list(active) == [first]
    assert second.pk not in active.values_list("pk", flat=True)


def test_ending_twice_records_once(ada):
    saved(ada)
    saving.end_all_searches(user=ada, actor=None)
    assert saving.end_all_searches(user=ada, actor=None) == []
    assert actions().count("search.ended") == 1
