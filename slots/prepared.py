"""Statements that are planned once for each connection.

Django binds values in the client, so PostgreSQL parses and plans each statement anew: for what
runs for every page or message, that is as much work again as running it, or twice as much. Not
through a pool that lends a connection for one transaction (PgBouncer): the next has another.
"""

from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import connection
from psycopg.pq import Format


def fetch_prepared(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """All rows that a statement answers.

    A value may be NULL in one call and not in the next, but that plans the statement once more.
    """
    pooled = connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS")
    connection.ensure_connection()
    raw = connection.connection
    raw.prepare_threshold = None if pooled else 0
    bound = psycopg.Cursor(raw)
    bound.format = Format.BINARY
    # As `connection.cursor()` does, so that whoever counts or watches statements sees these too.
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with wrap(bound) as cursor:  # type: ignore[arg-type]  # its stub knows wrapped ones only
        cursor.execute(statement, values)
        return cursor.fetchall()
