"""Counting and turning the pages of large tables in admin's lists without scanning them."""

from math import ceil
from typing import Any

from django.core.paginator import Paginator
from django.db import connection
from django.db.models import QuerySet
from django.utils.functional import cached_property

# Below this a true count is quick; above, nobody turns the pages, which would be read one by one
# from the first to the last.
COUNTED_UP_TO = 10_000


class EstimatingPaginator(Paginator):
    """Counts as far as COUNTED_UP_TO; a whole table beyond that by its statistics.

    Its pages end there, too: what lies beyond is searched for.
    """

    object_list: QuerySet[Any]

    @cached_property
    def count(self) -> int:
        """The number of rows: exact when small, estimated for a large table."""
        counted = self.object_list.order_by()[: COUNTED_UP_TO + 1].count()
        if counted <= COUNTED_UP_TO:
            return counted
        return counted if self.object_list.query.where else max(counted, self._estimate())

    @cached_property
    def num_pages(self) -> int:
        """The number of pages that can be turned to."""
        return min(super().num_pages, ceil(COUNTED_UP_TO / self.per_page))

    def _estimate(self) -> int:
        table = self.object_list.model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [table]
            )
            return cursor.fetchone()[0]
