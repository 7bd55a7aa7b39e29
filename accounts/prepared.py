"""Statements that are planned once for each connection.

Django binds values in the client, so PostgreSQL parses and plans each statement again: for what
runs for every page or message, that is as much work again as running it, or twice as much. Not
through a pool that lends a connection for one transaction (PgBouncer): the next has another.
"""

from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.pq import Format


def fetch_prepared(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """All rows that a statement answers.

    A value may be NULL in one call and not in the next, but that plans the statement once more.
    """
    connection = connections[DEFAULT_DB_ALIAS]
    cursor = _cursor(connection)
    if connection.execute_wrappers or connection.queries_logged:
        return _fetch_watched(connection, cursor, statement, values)
    with connection.wrap_database_errors:
        return cursor.execute(statement, values).fetchall()


def _cursor(connection: BaseDatabaseWrapper) -> psycopg.Cursor[Any]:
    """One for each connection: it remembers how values go out and come in, which takes its time."""
    connection.ensure_connection()
    raw, kept = connection.connection, getattr(connection, "kept_cursor", None)
    pooled = connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS")
    raw.prepare_threshold = None if pooled else 0
    if kept is None or kept.connection is not raw:
        kept = psycopg.Cursor(raw)
        kept.format = Format.BINARY
        connection.kept_cursor = kept  # type: ignore[attr-defined]
    return kept


def _fetch_watched(
    connection: BaseDatabaseWrapper,
    bound: psycopg.Cursor[Any],
    statement: str,
    values: Mapping[str, Any],
) -> list[tuple[Any, ...]]:
    """As `connection.cursor()` does, so that what counts or watches statements sees these."""
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    cursor = wrap(bound)  # type: ignore[arg-type]  # its stub knows wrapped ones only
    cursor.execute(statement, values)
    return cursor.fetchall()
