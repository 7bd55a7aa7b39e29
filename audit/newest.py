"""The newest rows of a large table, found without reading the rest of it.

Rows are counted, never ids: those jump by millions when a database is restored.
"""

from typing import Any, TypeVar

from django.db.models import QuerySet

Rows = TypeVar("Rows", bound=QuerySet[Any])


def among_newest(rows: Rows, count: int) -> Rows:
    """Those of `rows` that are among the `count` last written to their table.

    The first of them is looked for along the primary key's index: 200,000 steps take some 30 ms.
    """
    keys = rows.model._meta.base_manager.order_by("-pk").values_list("pk", flat=True)
    first = keys[count - 1 : count].first()
    return rows if first is None else rows.filter(pk__gte=first)
