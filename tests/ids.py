"""Ids that go on far from where they were, as they do after a restore."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection, models

from tests import databases

ContinueAt = Callable[[type[models.Model], int], None]
NAME = "SELECT pg_get_serial_sequence(%s, %s)"
LAST = "SELECT coalesce(pg_sequence_last_value(%s::regclass), 0)"
SET = "SELECT setval(%s, %s, false)"


@pytest.fixture
def continue_at(db: None) -> Iterator[ContinueAt]:
    """Lets the next row of a table have an id; afterwards they go on where they were.

    Sequences are the owner's, and no transaction takes back what was drawn from them.
    """
    with databases.owner_connection(connection.settings_dict["NAME"]) as owner:
        before: dict[str, int] = {}

        def set_next(model: type[models.Model], number: int) -> None:
            table, key = model._meta.db_table, model._meta.pk
            sequence = owner.execute(NAME, [table, key.column if key else ""]).fetchone()[0]
            before.setdefault(sequence, owner.execute(LAST, [sequence]).fetchone()[0] + 1)
            owner.execute(SET, [sequence, number])

        yield set_next
        for sequence, number in before.items():
            owner.execute(SET, [sequence, number])
