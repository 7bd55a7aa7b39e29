"""Whether a search tells only of what its learner can take."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0019_bookings_from_searches")]

    operations = [
        pgtrigger.migrations.RemoveTrigger(model_name="savedsearch", name="touch_updated_at"),
        migrations.AddField(
            model_name="savedsearch",
            name="only_bookable",
            field=models.BooleanField(db_default=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="savedsearch",
            trigger=pgtrigger.compiler.Trigger(
                name="touch_updated_at",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."current_test_date" IS DISTINCT FROM (NEW."current_test_date") OR OLD."date_from" IS DISTINCT FROM (NEW."date_from") OR OLD."date_to" IS DISTINCT FROM (NEW."date_to") OR OLD."excluded_dates" IS DISTINCT FROM (NEW."excluded_dates") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."location" IS DISTINCT FROM (NEW."location") OR OLD."min_days_earlier" IS DISTINCT FROM (NEW."min_days_earlier") OR OLD."min_notice_days" IS DISTINCT FROM (NEW."min_notice_days") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."notification_method" IS DISTINCT FROM (NEW."notification_method") OR OLD."notification_radius" IS DISTINCT FROM (NEW."notification_radius") OR OLD."only_bookable" IS DISTINCT FROM (NEW."only_bookable") OR OLD."paused_until" IS DISTINCT FROM (NEW."paused_until") OR OLD."postcode" IS DISTINCT FROM (NEW."postcode") OR OLD."preferred_test_types" IS DISTINCT FROM (NEW."preferred_test_types") OR OLD."time_from" IS DISTINCT FROM (NEW."time_from") OR OLD."time_until" IS DISTINCT FROM (NEW."time_until") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."weekdays" IS DISTINCT FROM (NEW."weekdays"))',
                    func="NEW.updated_at = statement_timestamp(); RETURN NEW;",
                    hash="b0854dbe6f68b32e658de77fd83a063e0e2888d0",
                    operation="UPDATE",
                    pgid="pgtrigger_touch_updated_at_68d13",
                    table="userpreferences",
                    when="BEFORE",
                ),
            ),
        ),
    ]
