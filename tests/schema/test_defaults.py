"""What a row written by hand gets for the columns it doesn't name."""

import pytest
from django.db import connection

from tests.schema import rows

pytestmark = pytest.mark.django_db

GIVEN_COLUMNS = {
    "users": {
        "user_id": "integer",
        "email": "character varying(255)",
        "password_hash": "character varying(255)",
        "first_name": "character varying(255)",
        "last_name": "character varying(255)",
        "created_at": "timestamp with time zone",
        "updated_at": "timestamp with time zone",
        "is_active": "boolean",
        "role_id": "integer",
    },
    "roles": {"role_id": "integer", "role_name": "character varying(255)"},
    "userpreferences": {
        "preference_id": "integer",
        "user_id": "integer",
        "notification_radius": "integer",
        "notification_method": "character varying(50)",
        "preferred_test_types": "jsonb",
    },
    "dvsa_test_centers": {
        "center_id": "integer",
        "name": "character varying(255)",
        "postcode": "character varying(10)",
        "latitude": "numeric(9,6)",
        "longitude": "numeric(9,6)",
        "location": "geography(Point,4326)",
    },
    "drivingtestslots": {
        "slot_id": "integer",
        "center_id": "integer",
        "test_type": "character varying(50)",
        "date": "date",
        "time": "time without time zone",
        "available": "boolean",
        "created_at": "timestamp with time zone",
        "updated_at": "timestamp with time zone",
    },
    "useralerts": {
        "alert_id": "bigint",
        "user_id": "integer",
        "slot_id": "integer",
        "sent": "boolean",
        "created_at": "timestamp with time zone",
    },
    "auditlogs": {
        "log_id": "integer",
        "user_id": "integer",
        "action": "character varying(255)",
        "timestamp": "timestamp with time zone",
        "details": "text",
    },
    "systemconfig": {
        "config_id": "integer",
        "key": "character varying(255)",
        "value": "text",
    },
}
COLUMNS = """
SELECT attname, format_type(atttypid, atttypmod), attidentity <> ''
FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
"""


@pytest.mark.parametrize("table", GIVEN_COLUMNS)
def test_the_given_columns_have_their_given_types(table):
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [table])
        types = {name: kind for name, kind, _ in cursor.fetchall()}
    assert GIVEN_COLUMNS[table].items() <= types.items()


@pytest.mark.parametrize("table", GIVEN_COLUMNS)
def test_each_primary_key_is_an_identity_column(table):
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [table])
        identities = [name for name, _, is_identity in cursor.fetchall() if is_identity]
    assert identities == [next(iter(GIVEN_COLUMNS[table]))]


def test_a_user_by_hand_is_active_and_dated():
    user = rows.user()
    query = "SELECT is_active, created_at, updated_at, role_id FROM users WHERE user_id = %s"
    active, created, updated, role = rows.read(query, user)
    assert (active, role) == (True, None)
    assert created is not None
    assert updated is not None


def test_a_preference_by_hand_looks_25_miles_around_and_is_active():
    preference = rows.preference(rows.user())
    query = """
        SELECT notification_radius, is_active, preferred_test_types, created_at IS NOT NULL
        FROM userpreferences WHERE preference_id = %s
    """
    assert rows.read(query, preference) == (25, True, None, True)


def test_a_center_by_hand_is_active_and_placed_by_its_coordinates():
    center = rows.center(latitude=51.5, longitude=-0.25)
    query = """
        SELECT is_active, ST_AsText(location) FROM dvsa_test_centers WHERE center_id = %s
    """
    assert rows.read(query, center) == (True, "POINT(-0.25 51.5)")


def test_a_center_that_moves_takes_its_location_along():
    center = rows.center()
    rows.run("UPDATE dvsa_test_centers SET latitude = 52 WHERE center_id = %s", center)
    query = "SELECT ST_Y(location::geometry) FROM dvsa_test_centers WHERE center_id = %s"
    assert rows.read(query, center) == (52.0,)


def test_a_center_without_coordinates_has_no_location():
    center = rows.center(latitude=None, longitude=None)
    query = "SELECT location FROM dvsa_test_centers WHERE center_id = %s"
    assert rows.read(query, center) == (None,)


def test_a_slot_by_hand_is_available_and_dated():
    slot = rows.slot(rows.center())
    query = """
        SELECT available, created_at IS NOT NULL, updated_at IS NOT NULL
        FROM drivingtestslots WHERE slot_id = %s
    """
    assert rows.read(query, slot) == (True, True, True)


def test_an_alert_by_hand_is_unsent_and_has_no_state():
    alert = rows.alert(rows.user(), rows.slot(rows.center()))
    query = """
        SELECT sent, state, created_at IS NOT NULL FROM useralerts WHERE alert_id = %s
    """
    assert rows.read(query, alert) == (False, None, True)


def test_an_audit_entry_by_hand_is_dated_and_salted():
    entry = rows.run("INSERT INTO AuditLogs (action) VALUES ('x') RETURNING log_id")
    query = """
        SELECT timestamp IS NOT NULL, salt IS NOT NULL, user_id FROM auditlogs WHERE log_id = %s
    """
    assert rows.read(query, entry) == (True, True, None)
