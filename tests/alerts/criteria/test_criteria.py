"""Each criterion is declared as the others are, and says itself with its own columns alone."""

from datetime import time, timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from accounts.learners import read_learner
from accounts.models import SavedSearch
from accounts.models.day_ranges import DayRange
from alerts.criteria import COLUMNS, CRITERIA, FIELDS
from alerts.criteria.criterion import Seen
from alerts.messages.reasons import SEARCHES
from alerts.searches.form import SavedSearchForm
from alerts.searches.narrowing import query_of
from alerts.searches.saving import KEPT
from tests.alerts.world import NOW, make_center, make_search, make_slot
from tests.slots.places import make_postcode

pytestmark = pytest.mark.django_db

# A search that asks for something by every criterion, with every column.
TODAY = timezone.localdate()
ALL = {
    "notification_radius": 7, "postcode": "IG3 9UZ",
    "preferred_test_types": ["practical"], "weekdays": [1, 2],
    "date_from": TODAY + timedelta(days=9), "date_to": TODAY + timedelta(days=99),
    "excluded_dates": [DayRange(TODAY + timedelta(days=19), TODAY + timedelta(days=29))],
    "time_from": time(8), "time_until": time(12),
    "current_test_date": TODAY + timedelta(days=199), "min_days_earlier": 7,
    "min_notice_days": 3, "only_bookable": False,
}  # fmt: skip
# A promise says the type of test apart, and the learner's tests with one word for all of them.
SAID = {each.name for each in CRITERIA} - {
    "test_type", "retake", "changes_left", "last_day_to_change", "allowed_center",
}  # fmt: skip
# Columns of a saved search that no slot is asked by.
OTHERS = {"name", "notification_method", "also_email", "digest_at"}


@pytest.fixture
def search() -> SavedSearch:
    return make_search(**ALL)


def test_every_column_that_a_learner_can_change_belongs_to_one_criterion_or_to_none():
    stored = {field.name for field in SavedSearch._meta.concrete_fields} - KEPT
    assert sorted(COLUMNS) == sorted(stored - OTHERS)


def test_the_search_that_asks_for_everything_leaves_no_column_out(search):
    assert [name for name in COLUMNS if getattr(search, name) is None] == []


@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda each: each.name)
def test_a_criterion_reads_no_column_but_its_own(search, criterion):
    """A column that is read and not declared would be a query for each mail."""
    found = SavedSearch.objects.only(*criterion.columns).get()
    left_out = found.get_deferred_fields()
    learner = read_learner(search.user, today=NOW.date())
    seen = Seen(make_slot(make_center()), today=NOW.date(), miles=3.5, learner=learner)
    criterion.clause(found, [], {"practical": None})
    criterion.evidence(found, seen)
    list(criterion.narrower(found, seen))
    criterion.to_form(found)
    assert found.get_deferred_fields() == left_out


def test_the_words_of_a_message_read_no_column_that_its_statement_leaves_out(
    search, django_assert_num_queries
):
    for postcode in ("IG3 9UZ", ""):
        SavedSearch.objects.update(postcode=postcode)
        (found,) = SavedSearch.objects.raw(SEARCHES, [[search.pk]])
        with django_assert_num_queries(0):
            clauses = [criterion.clause(found, [], {"practical": None}) for criterion in CRITERIA]
        assert [bool(said) for said in clauses] == [each.name in SAID for each in CRITERIA]


def test_what_a_form_starts_from_comes_back_from_it_the_same(search):
    make_postcode()
    form = SavedSearchForm(QueryDict(query_of(search)))
    assert form.is_valid(), form.errors
    kept = set(COLUMNS) - {"location"}
    assert {name: getattr(form.wish, name) for name in kept} == {
        name: getattr(search, name) for name in kept
    }


def test_no_two_criteria_have_a_name_or_a_field_in_common():
    names = [criterion.name for criterion in CRITERIA]
    fields = [name for criterion in CRITERIA for name in criterion.fields]
    assert sorted(names) == sorted(set(names))
    assert sorted(fields) == sorted(FIELDS)


@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda each: each.name)
def test_every_field_stands_on_the_page(client, criterion):
    page = client.get("/searches/new/").content.decode()
    for name in criterion.fields:
        assert f'id="id_{name}' in page
