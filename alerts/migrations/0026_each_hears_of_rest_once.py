"""Each learner hears once that searches rest, for one day of a booked test."""

from django.db import migrations, models

CREATE = """
CREATE UNIQUE INDEX CONCURRENTLY search_rests_once ON alerts_searchending (user_id, booked_for)
 WHERE booked_for IS NOT NULL
"""
DROP = "DROP INDEX CONCURRENTLY search_rests_once"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("alerts", "0025_searches_that_rest")]

    operations = [
        migrations.RunSQL(
            CREATE,
            DROP,
            state_operations=[
                migrations.AddConstraint(
                    model_name="searchending",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("booked_for__isnull", False)),
                        fields=("user", "booked_for"),
                        name="search_rests_once",
                    ),
                )
            ],
        )
    ]
