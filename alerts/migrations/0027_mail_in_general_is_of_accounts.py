"""Breakers and refused addresses are models of `accounts` now, with the tables that they had."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("alerts", "0026_each_hears_of_rest_once"),
        ("accounts", "0023_mail_in_general"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel(name="Breaker"),
                migrations.DeleteModel(name="MailRefusal"),
                migrations.DeleteModel(name="BareRefusal"),
            ],
        ),
    ]
