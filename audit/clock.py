"""The one clock: the database's, whatever the clock of this process says."""

from datetime import date, datetime

from django.db import connection
from django.utils import timezone


def database_now() -> datetime:
    """The database's time at this statement (aware, UTC)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        return cursor.fetchone()[0]


def database_today() -> date:
    """Today in Europe/London, by the database's time."""
    return timezone.localdate(database_now())
