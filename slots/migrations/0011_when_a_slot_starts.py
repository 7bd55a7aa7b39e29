"""When a slot starts, as one function that every query shares.

PostgreSQL takes the second of two hours that bear the same name in October, and an hour too many
for a time that March skips; both would run against the clocks that `latest_clock` in
`slots/querysets.py` compares with.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION slot_start(day date, clock time)
RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN (day + clock) AT TIME ZONE 'Europe/London' AT TIME ZONE 'Europe/London' = day + clock
        THEN LEAST(
            (day + clock) AT TIME ZONE 'Europe/London',
            (day + clock - interval '1 hour') AT TIME ZONE 'Europe/London' + interval '1 hour')
        ELSE date_trunc('hour', day + clock) AT TIME ZONE 'Europe/London'
    END
$$;
COMMENT ON FUNCTION slot_start IS
    'The first moment at which clocks in London show this day and time, or a later one';
"""
DROP = "DROP FUNCTION slot_start(date, time)"


class Migration(migrations.Migration):
    dependencies = [("slots", "0010_words_for_staff")]

    operations = [migrations.RunSQL(CREATE, DROP)]
