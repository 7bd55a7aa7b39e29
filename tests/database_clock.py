"""The database's clock at another moment, for the connection of one test.

Functions of the same names in a schema that is searched before PostgreSQL's own: what a statement
calls by its name is answered by them, and the clock of this process is left alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection
from psycopg import sql

from tests.databases import owner_connection

CLOCKS = ("statement_timestamp", "clock_timestamp", "now")
MAKE = """
CREATE OR REPLACE FUNCTION other_clock.{clock}() RETURNS timestamptz LANGUAGE sql STABLE
AS $$ SELECT pg_catalog.current_setting('tests.moment')::timestamptz $$
"""


@contextmanager
def database_at(moment: datetime) -> Iterator[None]:
    """Let the database's clock stand still at a moment (aware)."""
    _make_clocks(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        before = cursor.fetchone()[0]
        try:
            cursor.execute("SELECT set_config('tests.moment', %s, false)", [moment.isoformat()])
            cursor.execute("SET search_path = other_clock, pg_catalog, public")
            yield
        finally:
            cursor.execute("SELECT set_config('search_path', %s, false)", [before])


def _make_clocks(database: str) -> None:
    with owner_connection(database) as owner, owner.transaction():
        owner.execute("CREATE SCHEMA IF NOT EXISTS other_clock")
        owner.execute("GRANT USAGE ON SCHEMA other_clock TO PUBLIC")
        for clock in CLOCKS:
            owner.execute(sql.SQL(MAKE).format(clock=sql.Identifier(clock)))
