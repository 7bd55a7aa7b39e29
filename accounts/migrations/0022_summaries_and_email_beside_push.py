"""Alerts of a search may go out once a day, and by email beside push."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0021_who_can_not_take_a_slot_is_found"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="savedsearch",
            name="touch_updated_at",
        ),
        migrations.AddField(
            model_name="savedsearch",
            name="also_email",
            field=models.BooleanField(
                db_default=False, help_text="beside the pushes to the learner's devices"
            ),
        ),
        migrations.AddField(
            model_name="savedsearch",
            name="digest_at",
            field=models.TimeField(
                blank=True,
                help_text="in London, when its alerts of a day go out together; empty: at once",
                null=True,
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="savedsearch",
            trigger=pgtrigger.compiler.Trigger(
                name="touch_updated_at",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."also_email" IS DISTINCT FROM (NEW."also_email") OR OLD."current_test_date" IS DISTINCT FROM (NEW."current_test_date") OR OLD."date_from" IS DISTINCT FROM (NEW."date_from") OR OLD."date_to" IS DISTINCT FROM (NEW."date_to") OR OLD."digest_at" IS DISTINCT FROM (NEW."digest_at") OR OLD."excluded_dates" IS DISTINCT FROM (NEW."excluded_dates") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."location" IS DISTINCT FROM (NEW."location") OR OLD."min_days_earlier" IS DISTINCT FROM (NEW."min_days_earlier") OR OLD."min_notice_days" IS DISTINCT FROM (NEW."min_notice_days") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."notification_method" IS DISTINCT FROM (NEW."notification_method") OR OLD."notification_radius" IS DISTINCT FROM (NEW."notification_radius") OR OLD."only_bookable" IS DISTINCT FROM (NEW."only_bookable") OR OLD."paused_until" IS DISTINCT FROM (NEW."paused_until") OR OLD."postcode" IS DISTINCT FROM (NEW."postcode") OR OLD."preferred_test_types" IS DISTINCT FROM (NEW."preferred_test_types") OR OLD."time_from" IS DISTINCT FROM (NEW."time_from") OR OLD."time_until" IS DISTINCT FROM (NEW."time_until") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."weekdays" IS DISTINCT FROM (NEW."weekdays"))',
                    func="NEW.updated_at = statement_timestamp(); RETURN NEW;",
                    hash="001db3f28b1f104baad028a9426932940a4a1b4e",
                    operation="UPDATE",
                    pgid="pgtrigger_touch_updated_at_68d13",
                    table="userpreferences",
                    when="BEFORE",
                ),
            ),
        ),
    ]
