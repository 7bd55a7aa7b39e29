"""Every rule of the given schema, held by the database against rows written by hand."""

import pytest
from django.db import transaction
from django.db.utils import DataError, IntegrityError

from tests.schema import rows

pytestmark = pytest.mark.django_db


def refused(statement, *values, by):
    """The statement violates the named constraint."""
    with pytest.raises((IntegrityError, DataError), match=by), transaction.atomic():
        rows.run(statement, *values)


@pytest.mark.parametrize("email", ["", "plain", "a@b", "two@@example.org", "@example.org"])
def test_a_user_needs_an_email_of_the_right_shape(email):
    refused(rows.USER, email, by="users_email_shape")


@pytest.mark.parametrize("again", ["learner@example.org", "Learner@Example.ORG"])
def test_an_email_belongs_to_one_user_ignoring_case(again):
    rows.user("learner@example.org")
    refused(rows.USER, again, by="unique")


@pytest.mark.parametrize("column", ["email", "password_hash", "created_at", "is_active"])
def test_a_user_has_no_null_in(column):
    user = rows.user()
    refused(f"UPDATE users SET {column} = NULL WHERE user_id = %s", user, by="not-null")


def test_a_user_has_a_role_that_exists():
    user = rows.user()
    refused("UPDATE users SET role_id = 999999 WHERE user_id = %s", user, by="foreign key")


def test_a_role_name_is_there_once_and_not_null():
    refused("INSERT INTO Roles (role_name) VALUES ('admin')", by="unique")
    refused("INSERT INTO Roles (role_name) VALUES (NULL)", by="not-null")


@pytest.mark.parametrize("method", ["sms", "", "EMAIL"])
def test_a_preference_is_by_email_or_push(method):
    refused(rows.PREFERENCE, rows.user(), method, None, by="preferences_method")


@pytest.mark.parametrize(
    "test_types",
    ['"practical"', '{"practical": true}', '["flying"]', '["practical", 1]', "null", "7"],
)
def test_a_preferences_test_types_are_an_array_of_known_ones(test_types):
    refused(rows.PREFERENCE, rows.user(), "email", test_types, by="preferences_test_types")


@pytest.mark.parametrize("test_types", [None, "[]", '["theory"]', '["practical", "theory"]'])
def test_a_preference_may_want_any_known_test_types(test_types):
    assert rows.preference(rows.user(), "push", test_types)


def test_a_preference_belongs_to_a_user_who_exists():
    refused(rows.PREFERENCE, 999999, "email", None, by="foreign key")


@pytest.mark.parametrize("column", ["user_id", "notification_radius", "notification_method"])
def test_a_preference_has_no_null_in(column):
    preference = rows.preference(rows.user())
    statement = f"UPDATE userpreferences SET {column} = NULL WHERE preference_id = %s"
    refused(statement, preference, by="not-null")


def test_a_user_has_many_preferences():
    user = rows.user()
    assert rows.preference(user) != rows.preference(user)


@pytest.mark.parametrize(("latitude", "longitude"), [(48.9, 0), (61.1, 0), (51, -9.1), (51, 2.1)])
def test_a_center_lies_in_britain(latitude, longitude):
    refused(rows.CENTER, "Nowhere", latitude, longitude, by="in_britain")


@pytest.mark.parametrize(("latitude", "longitude"), [(49, -9), (61, 2)])
def test_the_edges_of_britain_count_as_britain(latitude, longitude):
    assert rows.center("Edge", latitude, longitude)


@pytest.mark.parametrize(("latitude", "longitude"), [(51, None), (None, 0)])
def test_a_center_has_both_coordinates_or_neither(latitude, longitude):
    refused(rows.CENTER, "Half", latitude, longitude, by="both_coordinates")


@pytest.mark.parametrize("column", ["name", "postcode"])
def test_a_center_has_no_null_in(column):
    center = rows.center()
    statement = f"UPDATE dvsa_test_centers SET {column} = NULL WHERE center_id = %s"
    refused(statement, center, by="not-null")


def test_an_official_number_belongs_to_one_center():
    statement = "UPDATE dvsa_test_centers SET code = '482' WHERE center_id = %s"
    rows.run(statement, rows.center("One"))
    refused(statement, rows.center("Two"), by="unique")


@pytest.mark.parametrize("test_type", ["flying", "", "Practical"])
def test_a_slot_is_practical_or_theory(test_type):
    refused(rows.SLOT, rows.center(), test_type, "2027-01-04", "08:10", by="slots_test_type")


def test_a_slot_is_there_once():
    center = rows.center()
    rows.slot(center)
    refused(rows.SLOT, center, "practical", "2027-01-04", "08:10", by="slots_once")


def test_a_slot_is_at_a_center_that_exists():
    refused(rows.SLOT, 999999, "practical", "2027-01-04", "08:10", by="foreign key")


@pytest.mark.parametrize("column", ["center_id", "test_type", "date", "time", "available"])
def test_a_slot_has_no_null_in(column):
    slot = rows.slot(rows.center())
    statement = f"UPDATE drivingtestslots SET {column} = NULL WHERE slot_id = %s"
    refused(statement, slot, by="not-null")


def test_an_alert_is_of_a_user_and_a_slot_that_exist():
    user, slot = rows.user(), rows.slot(rows.center())
    refused(rows.ALERT, 999999, slot, by="foreign key")
    refused(rows.ALERT, user, 999999, by="foreign key")


def test_a_user_is_alerted_once_of_an_opening():
    alert = _alert_for_an_opening()
    copy = """
        INSERT INTO useralerts (user_id, slot_id, opening_id)
        SELECT user_id, slot_id, opening_id FROM useralerts WHERE alert_id = %s
    """
    refused(copy, alert, by="alert_once_per_opening")


@pytest.mark.parametrize(
    "change",
    [
        "state = 'sent'",
        "state = 'sent', sent = true",
        "state = 'sent', sent_at = now()",
        "state = 'waiting', sent = true",
        "state = 'waiting', sent_at = now()",
        "state = 'lost'",
    ],
)
def test_an_alerts_state_agrees_with_sent_and_sent_at(change):
    alert = _alert_for_an_opening()
    refused(f"UPDATE useralerts SET {change} WHERE alert_id = %s", alert, by="alert_s")


def test_an_audit_entry_needs_an_action_and_keeps_a_user_who_exists():
    refused("INSERT INTO AuditLogs (action) VALUES (NULL)", by="not-null")
    refused("INSERT INTO AuditLogs (action, user_id) VALUES ('x', 999999)", by="foreign key")


def test_a_setting_is_there_once():
    rows.run("INSERT INTO SystemConfig (key, value) VALUES ('a', '1')")
    refused("INSERT INTO SystemConfig (key, value) VALUES ('a', '2')", by="unique")
    refused("INSERT INTO SystemConfig (key) VALUES (NULL)", by="not-null")


def _alert_for_an_opening():
    user, slot = rows.user(), rows.slot(rows.center())
    opening = rows.run(
        "INSERT INTO slots_slotopening (slot_id, episode, opened_at) VALUES (%s, 1, now())"
        " RETURNING id",
        slot,
    )
    alert = rows.alert(user, slot)
    rows.run("UPDATE useralerts SET opening_id = %s WHERE alert_id = %s", opening, alert)
    return alert
