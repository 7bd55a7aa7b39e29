"""Statements that are planned once for each connection."""

from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import connection


def fetch_prepared(statement: str, values: Mapping[str, Any]) -> Any:
    """The first row that a statement answers.

    Django binds values in the client, so PostgreSQL parses and plans each statement anew: for
    what is run for every message, that is as much work again as running it. Not through a pool
    that lends a connection for one transaction (PgBouncer): the next has another.
    """
    pooled = connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS")
    connection.ensure_connection()
    raw = connection.connection
    raw.prepare_threshold = raw.prepare_threshold or 1
    with connection.wrap_database_errors, psycopg.Cursor(raw) as cursor:
        return cursor.execute(statement, values, prepare=not pooled).fetchone()
