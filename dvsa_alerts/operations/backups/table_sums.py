"""What the database holds, table by table: how many rows, and a checksum of all of them.

The checksum is the sum of each row's hash, so that it depends neither on the order in which the
rows lie nor on physical places, and both sides of a dump and restore compute the same.
"""

from collections.abc import Callable
from typing import Any

from django.db import connection
from psycopg import sql

# Extensions look after their own tables. Only what is not an extension's is ours.
TABLES = """
SELECT relname FROM pg_class
 WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
   AND NOT EXISTS (SELECT FROM pg_depend
                    WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid
                      AND deptype = 'e')
 ORDER BY pg_relation_size(oid) DESC, relname
"""
# A row's text depends on them.
AS_TEXT = """
SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres';
SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'
"""
# md5 because its text is the same on every version and platform, which hash functions need not be.
SUM = """
SELECT count(*),
       coalesce(sum(('x' || left(md5(whole_row::text), 16))::bit(64)::bigint::numeric), 0)::text
  FROM public.{} whole_row
"""

Sums = dict[str, dict[str, Any]]


def own_tables() -> list[str]:
    """Names of the tables in `public` that no extension owns, the largest first."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        return [row[0] for row in cursor.fetchall()]


def table_sums(tables: list[str], *, progress: Callable[[str], object] = lambda name: None) -> Sums:
    """`{table: {"rows": …, "checksum": …}}` within the caller's transaction.

    Its settings of how values are written last to the transaction's end.
    """
    found: Sums = {}
    with connection.cursor() as cursor:
        cursor.execute(AS_TEXT)
        for name in tables:
            progress(name)
            cursor.execute(sql.SQL(SUM).format(sql.Identifier(name)))
            rows, checksum = cursor.fetchone()
            found[name] = {"rows": rows, "checksum": checksum}
    return found
