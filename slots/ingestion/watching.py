"""Remembering that someone watched, so that nobody's silence is taken for "no slot opened"."""

from typing import Any

from django.db import connection

# Most batches find their week written already, by the first of it.
_REMEMBER = """
    WITH week AS (
        SELECT date_trunc('week', %(observed_at)s AT TIME ZONE 'Europe/London')::date AS monday
    )
    INSERT INTO slots_coveredweek (center_id, test_type, monday, since)
    SELECT center_id, test_type, monday, %(observed_at)s
    FROM unnest(%(known)s::int[]) AS known (center_id)
    CROSS JOIN unnest(%(test_types)s::text[]) AS wanted (test_type)
    CROSS JOIN week
    WHERE NOT EXISTS (
        SELECT FROM slots_coveredweek AS covered
        WHERE covered.center_id = known.center_id AND covered.test_type = wanted.test_type
            AND covered.monday = week.monday AND covered.since <= %(observed_at)s
    )
    ON CONFLICT (center_id, test_type, monday) DO UPDATE SET since = excluded.since"""


def remember_week(values: dict[str, Any]) -> None:
    """Note the week in which a complete batch was observed, for each pair that it speaks for."""
    with connection.cursor() as cursor:
        cursor.execute(_REMEMBER, values)
