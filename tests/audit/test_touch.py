"""`updated_at` moves with what it stands for, no matter who writes."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from accounts.models import SavedSearch, User
from centers.models import Center

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def aged(model, **values):
    """A row that was last changed long ago."""
    row = model.objects.create(**values)
    model.objects.filter(pk=row.pk).update(updated_at=LONG_AGO)
    return row


def touched(row) -> bool:
    """Whether the row's `updated_at` has moved."""
    return type(row).objects.get(pk=row.pk).updated_at != LONG_AGO


def by_hand(statement: str, *values) -> None:
    """Run one statement that the ORM knows nothing of."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture
def center(db) -> Center:
    """A centre that has not changed for long."""
    return aged(Center, name="Hendon", postcode="NW9 5TZ", latitude=51.6, longitude=-0.2)


@pytest.fixture
def user(db) -> User:
    """A user who has not changed for long."""
    return aged(User, email="learner@example.org", password="x")


@pytest.fixture
def search(user) -> SavedSearch:
    """A saved search that has not changed for long."""
    return aged(SavedSearch, user=user, notification_method="email", preferred_test_types=[])


def test_setting_the_time_alone_keeps_the_given_time(center, search):
    assert not touched(center)
    assert not touched(search)


def test_a_center_is_touched_by_sql_written_by_hand(center):
    by_hand("UPDATE DVSA_Test_Centers SET latitude = 51.7 WHERE center_id = %s", center.pk)
    assert touched(center)


def test_a_center_that_is_written_unchanged_is_not_touched(center):
    by_hand("UPDATE DVSA_Test_Centers SET name = name WHERE center_id = %s", center.pk)
    assert not touched(center)


def test_what_an_import_remembers_does_not_touch_a_center(center):
    Center.objects.filter(pk=center.pk).update(imported={"name": "Hendon"})
    assert not touched(center)


def test_a_user_is_touched_by_becoming_inactive(user):
    by_hand("UPDATE Users SET is_active = false WHERE user_id = %s", user.pk)
    assert touched(user)


def test_a_user_is_not_touched_by_signing_in(user):
    User.objects.filter(pk=user.pk).update(last_login=LONG_AGO)
    assert not touched(user)


@pytest.mark.parametrize(
    "change",
    [
        "notification_radius = 10",
        "location = ST_MakePoint(0, 51)::geography",
        "preferred_test_types = '[\"theory\"]'",
        "paused_until = now()",
        "weekdays = '{1}'",
    ],
)
def test_a_search_is_touched_by_each_of_its_fields(search, change):
    by_hand(f"UPDATE UserPreferences SET {change} WHERE preference_id = %s", search.pk)
    assert touched(search)
