"""What is known of mail in general is this app's: providers that fail, addresses that take none.

The tables stay as they are, and so do the permissions that roles have on them.
"""

from typing import Any

import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Now

MOVED = ("breaker", "mailrefusal", "barerefusal")


def _name_app(apps: Apps, schema_editor: Any, *, before: str, after: str) -> None:
    kinds = apps.get_model("contenttypes", "ContentType").objects.using(
        schema_editor.connection.alias
    )
    kinds.filter(app_label=before, model__in=MOVED).update(app_label=after)


def take_over(apps: Apps, schema_editor: Any) -> None:
    """Permissions hang on what Django calls a content type."""
    _name_app(apps, schema_editor, before="alerts", after="accounts")


def give_back(apps: Apps, schema_editor: Any) -> None:
    """As it was."""
    _name_app(apps, schema_editor, before="accounts", after="alerts")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0022_summaries_and_email_beside_push"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Breaker",
                    fields=[
                        (
                            "provider",
                            models.CharField(max_length=255, primary_key=True, serialize=False),
                        ),
                        ("failures", models.IntegerField(db_default=0)),
                        ("open_until", models.DateTimeField(blank=True, null=True)),
                        ("last_error", models.CharField(blank=True, max_length=500, null=True)),
                        ("updated_at", models.DateTimeField(db_default=Now())),
                    ],
                    options={
                        "verbose_name": "failing provider",
                        "db_table": "alerts_breaker",
                        "ordering": ["provider"],
                    },
                ),
                migrations.CreateModel(
                    name="MailRefusal",
                    fields=[
                        (
                            "id",
                            models.AutoField(
                                auto_created=True,
                                primary_key=True,
                                serialize=False,
                                verbose_name="ID",
                            ),
                        ),
                        ("address", models.CharField(max_length=255)),
                        ("reason", models.CharField(max_length=500)),
                        ("refused_at", models.DateTimeField(db_default=Now())),
                        (
                            "user",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="mail_refusal",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={"db_table": "alerts_mailrefusal"},
                ),
                migrations.CreateModel(
                    name="BareRefusal",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("address", models.CharField(max_length=255)),
                        ("day", models.DateField()),
                        ("reason", models.CharField(max_length=500)),
                        (
                            "refused_at",
                            models.DateTimeField(
                                db_default=Now(), help_text="the last time on that day"
                            ),
                        ),
                        ("while_others_went", models.BooleanField(db_default=False)),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="bare_refusals",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "db_table": "alerts_barerefusal",
                        "ordering": ["-id"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("user", "address", "day"), name="bare_refusal_once_a_day"
                            )
                        ],
                    },
                ),
            ],
        ),
        migrations.RunPython(take_over, give_back),
    ]
