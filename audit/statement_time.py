"""How long a statement may take before the database ends it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from psycopg.errors import QueryCanceled

_SET = "SELECT set_config('statement_timeout', %s, true)"


@contextmanager
def statements_within(seconds: float) -> Iterator[None]:
    """Give each statement of a transaction at most so long; see `is_too_slow` for what is raised.

    Afterwards a transaction around it goes on with the time that it had before.
    """
    inside = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        before = cursor.fetchone()[0]
        cursor.execute(_SET, [f"{round(seconds * 1000)}ms"])
        yield
        if inside:
            cursor.execute(_SET, [before])


def is_too_slow(error: BaseException) -> bool:
    """Whether the database ended a statement that took too long."""
    return isinstance(error.__cause__, QueryCanceled)
