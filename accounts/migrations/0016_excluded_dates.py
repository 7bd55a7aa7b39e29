"""Days that a search leaves out, and until when it may tell with them."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models.lookups import Exact

from accounts.models.day_ranges import DayRangesField

# With its last argument's default it answers those too who don't know of it yet.
CREATE = """
DROP FUNCTION search_tells_until(date, date, smallint, smallint[], smallint);
CREATE FUNCTION search_tells_until(
    date_to date, current_test_date date, min_days_earlier smallint, weekdays smallint[],
    min_notice_days smallint, excluded_dates datemultirange DEFAULT NULL
) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    WITH ends AS (
        SELECT least(date_to, current_test_date - greatest(min_days_earlier, 1)::integer) AS day
    ), candidate AS (
        SELECT day FROM ends
        UNION ALL
        SELECT lower(excluded) - 1 FROM unnest(excluded_dates) excluded JOIN ends
            ON lower(excluded) <= ends.day
    )
    SELECT max(candidate.day - back) - coalesce(min_notice_days, 0)::integer
      FROM candidate CROSS JOIN generate_series(0, 6) back
     WHERE (coalesce(cardinality(weekdays), 0) = 0
            OR extract(isodow FROM candidate.day - back) = ANY (weekdays))
       AND NOT coalesce(candidate.day - back <@ excluded_dates, false)
$$;
COMMENT ON FUNCTION search_tells_until IS
    'The last day (Europe/London) on which a search with these windows may tell of a slot, or null';
"""
RECREATE = """
DROP FUNCTION search_tells_until(date, date, smallint, smallint[], smallint, datemultirange);
CREATE FUNCTION search_tells_until(
    date_to date, current_test_date date, min_days_earlier smallint, weekdays smallint[],
    min_notice_days smallint
) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT max(day) - coalesce(min_notice_days, 0)::integer
      FROM (SELECT least(date_to, current_test_date - greatest(min_days_earlier, 1)::integer)
                   - back AS day
              FROM generate_series(0, 6) back) last_week
     WHERE coalesce(cardinality(weekdays), 0) = 0 OR extract(isodow FROM day) = ANY (weekdays)
$$;
COMMENT ON FUNCTION search_tells_until IS
    'The last day (Europe/London) on which a search with these windows may tell of a slot, or null';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0015_windows_of_requests_and_tries"),
        ("centers", "0006_other_names_of_centres"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(model_name="savedsearch", name="touch_updated_at"),
        migrations.AddField(
            model_name="savedsearch",
            name="excluded_dates",
            field=DayRangesField(blank=True, null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="savedsearch",
            trigger=pgtrigger.compiler.Trigger(
                name="touch_updated_at",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."current_test_date" IS DISTINCT FROM (NEW."current_test_date") OR OLD."date_from" IS DISTINCT FROM (NEW."date_from") OR OLD."date_to" IS DISTINCT FROM (NEW."date_to") OR OLD."excluded_dates" IS DISTINCT FROM (NEW."excluded_dates") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."location" IS DISTINCT FROM (NEW."location") OR OLD."min_days_earlier" IS DISTINCT FROM (NEW."min_days_earlier") OR OLD."min_notice_days" IS DISTINCT FROM (NEW."min_notice_days") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."notification_method" IS DISTINCT FROM (NEW."notification_method") OR OLD."notification_radius" IS DISTINCT FROM (NEW."notification_radius") OR OLD."paused_until" IS DISTINCT FROM (NEW."paused_until") OR OLD."postcode" IS DISTINCT FROM (NEW."postcode") OR OLD."preferred_test_types" IS DISTINCT FROM (NEW."preferred_test_types") OR OLD."time_from" IS DISTINCT FROM (NEW."time_from") OR OLD."time_until" IS DISTINCT FROM (NEW."time_until") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."weekdays" IS DISTINCT FROM (NEW."weekdays"))',
                    func="NEW.updated_at = statement_timestamp(); RETURN NEW;",
                    hash="7aa98f22b2ec4f9ea267ae5485ac32abe93acebb",
                    operation="UPDATE",
                    pgid="pgtrigger_touch_updated_at_68d13",
                    table="userpreferences",
                    when="BEFORE",
                ),
            ),
        ),
        AddConstraintNotValid(
            model_name="savedsearch",
            constraint=models.CheckConstraint(
                condition=Exact(
                    models.Func(
                        models.F("excluded_dates"),
                        output_field=models.BooleanField(),
                        template="(lower_inf(%(expressions)s) OR upper_inf(%(expressions)s))",
                    ),
                    models.Value(False),
                ),
                name="preferences_excluded_dates_end",
            ),
        ),
        migrations.RunSQL(CREATE, RECREATE),
    ]
