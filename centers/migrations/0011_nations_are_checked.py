"""Every stored nation is one of the three: the database may rely on it."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("centers", "0010_nations_of_centers")]

    operations = [
        ValidateConstraint(model_name="center", name="centers_nation"),
        ValidateConstraint(model_name="postcode", name="postcode_nation"),
    ]
