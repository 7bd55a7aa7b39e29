"""Each centre gets the nation of its postcode's area; a load of postcodes says it better."""

from typing import Any

from django.db import migrations

from centers.nations import nations_of_area


def fill(apps: Any, schema_editor: Any) -> None:
    """Where the area has one nation only."""
    center = apps.get_model("centers", "Center")
    placed = []
    for each in center.objects.filter(nation=None).only("postcode"):
        nations = nations_of_area(each.postcode)
        if len(nations) == 1:
            each.nation = min(nations).value
            placed.append(each)
    center.objects.bulk_update(placed, ["nation"], batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [("centers", "0009_nations_and_nearest_centers")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
