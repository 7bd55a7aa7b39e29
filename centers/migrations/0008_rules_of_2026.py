"""The rules as they stand in November 2026, with who says so; staff enter what comes after."""

from datetime import date
from typing import Any

from django.db import migrations

DVSA_BULLETIN = "DVSA’s bulletin 3d741a3"
CHANGES_2026 = "GOV.UK, “Changes to driving test booking rules in 2026”"
COSTS = "drivingtestcost.com, April 2026"

# Key, since when it holds, number, source, certainty.
RULES = (
    ("learner_books", date(2026, 5, 12), None, CHANGES_2026, "high"),
    ("changes", date(2026, 3, 31), 2, CHANGES_2026, "high"),
    ("moved_by_dvsa", None, None, "msagb.com, an update by DVSA", "high"),
    (
        "nearest_centers", date(2026, 6, 9), 3,
        "GOV.UK, “Swapping your driving test with another learner driver”; msagb.com", "high",
    ),
    ("notice_practical", None, 10, f"GOV.UK; {DVSA_BULLETIN} (since 2025)", "high"),
    ("notice_theory", None, 3, DVSA_BULLETIN, "high"),
    ("holidays", None, None, "GOV.UK, a notice of opening hours (2013)", "medium"),
    ("retake_wait", None, 10, "passrates.uk", "medium"),
    ("theory_pass", None, 2, "official pages, by way of drivingtheorytest.io", "high"),
    ("fee", None, 62, COSTS, "high"),
    ("fee_evening", None, 75, COSTS, "high"),
    ("fee_theory", None, 23, COSTS, "high"),
    ("unusual_activity", date(2026, 6, 22), 12, "GOV.UK, by way of a log of its changes", "high"),
)  # fmt: skip


def fill(apps: Any, schema_editor: Any) -> None:
    """Enter them where nobody has entered that rule."""
    rule = apps.get_model("centers", "Rule")
    known = set(rule.objects.values_list("key", flat=True))
    names = ("key", "since", "value", "source", "certainty")
    rows = (dict(zip(names, row, strict=True)) for row in RULES if row[0] not in known)
    rule.objects.bulk_create([rule(**row) for row in rows])


class Migration(migrations.Migration):
    dependencies = [("centers", "0007_rules_with_their_dates")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
