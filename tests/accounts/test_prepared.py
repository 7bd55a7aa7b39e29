"""Statements that are planned once for each connection."""

import pytest
from django.db import connection

from accounts.prepared import fetch_prepared

pytestmark = pytest.mark.django_db

STATEMENT = "SELECT number * %(times)s FROM generate_series(1, 3) AS number"


@pytest.fixture(autouse=True)
def unprepared():
    """Nothing is left of what other tests have prepared."""
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")


def prepared() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [statement for (statement,) in cursor.fetchall()]


def test_every_row_is_answered_and_the_plan_is_kept():
    assert [fetch_prepared(STATEMENT, {"times": times}) for times in (1, 2)] == [
        [(1,), (2,), (3,)],
        [(2,), (4,), (6,)],
    ]
    assert len(prepared()) == 1


def test_through_a_pool_that_lends_connections_nothing_is_kept(monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    assert fetch_prepared(STATEMENT, {"times": 1}) == [(1,), (2,), (3,)]
    assert prepared() == []


def test_what_watches_statements_sees_it():
    seen = []

    def watch(execute, sql, *rest):
        seen.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        fetch_prepared(STATEMENT, {"times": 1})
    assert seen == [STATEMENT]
