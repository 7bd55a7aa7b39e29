"""What a learner says of the test that they have booked, and of what they passed and failed."""

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0017_excluded_dates_are_checked"),
        ("centers", "0011_nations_are_checked"),
    ]

    operations = [
        migrations.CreateModel(
            name="Booking",
            fields=[
                (
                    "id",
                    models.AutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "test_type",
                    models.CharField(
                        choices=[("practical", "Practical"), ("theory", "Theory")], max_length=50
                    ),
                ),
                ("date", models.DateField(blank=True, null=True)),
                ("time", models.TimeField(blank=True, null=True)),
                ("changes_used", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "updated_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "center",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="centers.center",
                    ),
                ),
                (
                    "first_center",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="centers.center",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bookings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["test_type"],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "test_type"), name="booking_once"),
                    models.CheckConstraint(
                        condition=models.Q(("test_type__in", ["practical", "theory"])),
                        name="booking_test_type",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="user",
            name="touch_updated_at",
        ),
        migrations.AddField(
            model_name="user",
            name="last_failed_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="user",
            name="theory_passed_on",
            field=models.DateField(blank=True, null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="user",
            trigger=pgtrigger.compiler.Trigger(
                name="touch_updated_at",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."first_name" IS DISTINCT FROM (NEW."first_name") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."last_failed_on" IS DISTINCT FROM (NEW."last_failed_on") OR OLD."last_name" IS DISTINCT FROM (NEW."last_name") OR OLD."quiet_from" IS DISTINCT FROM (NEW."quiet_from") OR OLD."quiet_until" IS DISTINCT FROM (NEW."quiet_until") OR OLD."role_id" IS DISTINCT FROM (NEW."role_id") OR OLD."theory_passed_on" IS DISTINCT FROM (NEW."theory_passed_on"))',
                    func="NEW.updated_at = statement_timestamp(); RETURN NEW;",
                    hash="25c1da1a1891b7a48e641a56544ed15eab54597a",
                    operation="UPDATE",
                    pgid="pgtrigger_touch_updated_at_e7717",
                    table="users",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="booking",
            trigger=pgtrigger.compiler.Trigger(
                name="touch_updated_at",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."center_id" IS DISTINCT FROM (NEW."center_id") OR OLD."changes_used" IS DISTINCT FROM (NEW."changes_used") OR OLD."date" IS DISTINCT FROM (NEW."date") OR OLD."first_center_id" IS DISTINCT FROM (NEW."first_center_id") OR OLD."test_type" IS DISTINCT FROM (NEW."test_type") OR OLD."time" IS DISTINCT FROM (NEW."time"))',
                    func="NEW.updated_at = statement_timestamp(); RETURN NEW;",
                    hash="8e4f65c39f9ea9f21349b9de6aef670c2cce4623",
                    operation="UPDATE",
                    pgid="pgtrigger_touch_updated_at_9bb9e",
                    table="accounts_booking",
                    when="BEFORE",
                ),
            ),
        ),
    ]
