"""A postcode is stored as it is written ("IG3 9UZ"), within Great Britain or without a place.

Written so, it sorts as the published directories do and a load appends to the index. The
index for LIKE that Django adds is dropped: under the collation "C" the primary key serves LIKE.
"""

from django.db import migrations, models

ADD_SPACE = """
UPDATE centers_postcode SET postcode = left(postcode, -3) || ' ' || right(postcode, 3)
WHERE strpos(postcode, ' ') = 0
"""
REMOVE_SPACE = "UPDATE centers_postcode SET postcode = replace(postcode, ' ', '')"
LIKE_INDEX = "centers_postcode_postcode_7dd9213a_like"


class Migration(migrations.Migration):
    dependencies = [("centers", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="postcode",
            name="postcode",
            field=models.CharField(
                db_collation="C", max_length=8, primary_key=True, serialize=False
            ),
        ),
        migrations.RunSQL(ADD_SPACE, REMOVE_SPACE),
        migrations.RunSQL(
            f"DROP INDEX {LIKE_INDEX}",
            f"CREATE INDEX {LIKE_INDEX} ON centers_postcode (postcode varchar_pattern_ops)",
        ),
        migrations.AddConstraint(
            model_name="postcode",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("latitude__isnull", True), ("longitude__isnull", True)),
                    models.Q(
                        ("latitude__isnull", False),
                        ("longitude__isnull", False),
                        ("latitude__gte", 49),
                        ("latitude__lte", 61),
                        ("longitude__gte", -9),
                        ("longitude__lte", 2),
                    ),
                    _connector="OR",
                ),
                name="postcode_in_britain",
            ),
        ),
    ]
