"""Under the collation "C" the primary key serves LIKE: Django's second index is not needed."""

from django.db import migrations

LIKE_INDEX = "centers_postcode_postcode_7dd9213a_like"


class Migration(migrations.Migration):
    dependencies = [("centers", "0004_first_load_without_key")]

    operations = [
        migrations.RunSQL(
            f"DROP INDEX {LIKE_INDEX}",
            f"CREATE INDEX {LIKE_INDEX} ON centers_postcode (postcode varchar_pattern_ops)",
        ),
    ]
