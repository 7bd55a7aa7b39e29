"""Rows written by hand, with the mission's own columns and nothing else."""

from typing import Any

from django.db import connection

USER = """
INSERT INTO Users (email, password_hash) VALUES (%s, 'x') RETURNING user_id
"""
CENTER = """
INSERT INTO DVSA_Test_Centers (name, postcode, latitude, longitude)
VALUES (%s, 'IG3 9UZ', %s, %s) RETURNING center_id
"""
SLOT = """
INSERT INTO DrivingTestSlots (center_id, test_type, date, time)
VALUES (%s, %s, %s, %s) RETURNING slot_id
"""
PREFERENCE = """
INSERT INTO UserPreferences (user_id, notification_method, preferred_test_types)
VALUES (%s, %s, %s) RETURNING preference_id
"""
ALERT = """
INSERT INTO UserAlerts (user_id, slot_id) VALUES (%s, %s) RETURNING alert_id
"""


def run(statement: str, *values: Any) -> Any:
    """Run one statement; answer the first column of its first row, if it has rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        row = cursor.fetchone() if cursor.description else None
        # Deferred foreign keys answer now, not when the test is over.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        return row[0] if row else None


def read(statement: str, *values: Any) -> tuple:
    """The first row that a query answers."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()


def user(email: str = "learner@example.org") -> int:
    """A user's id."""
    return run(USER, email)


def center(name: str = "Goodmayes", latitude: Any = 51.56, longitude: Any = 0.11) -> int:
    """A centre's id."""
    return run(CENTER, name, latitude, longitude)


def slot(center_id: int, test_type: str = "practical", date: str = "2027-01-04") -> int:
    """A slot's id."""
    return run(SLOT, center_id, test_type, date, "08:10")


def preference(user_id: int, method: str = "email", test_types: str | None = None) -> int:
    """A saved search's id."""
    return run(PREFERENCE, user_id, method, test_types)


def alert(user_id: int, slot_id: int) -> int:
    """An alert's id."""
    return run(ALERT, user_id, slot_id)
