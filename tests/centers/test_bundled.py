"""What a new installation starts with."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from centers.geocoding import Precision, locate
from centers.models import Center, PostcodeArea

pytestmark = pytest.mark.django_db


def load() -> dict:
    """What the command answers."""
    out = StringIO()
    call_command("load_bundled_data", "--json", stdout=out)
    return json.loads(out.getvalue())


def test_an_empty_database_gets_areas_and_centers_from_all_three_countries():
    assert load() == {"areas": 10_852 + 2_879, "centers": 157}
    assert locate("IG3 9UZ").precision == Precision.SECTOR
    assert Center.objects.exclude(location=None).count() == 157
    for postcode in ("AB23 8FE", "NP7 5HT", "IG3 9UZ"):
        assert Center.objects.filter(postcode=postcode).exists()


def test_a_second_time_changes_nothing_and_asks_two_questions():
    load()
    before = list(Center.objects.values())
    with CaptureQueriesContext(connection) as queries:
        assert load() == {"areas": 0, "centers": 0}
    assert list(Center.objects.values()) == before
    assert len([query for query in queries if query["sql"].startswith("SELECT")]) == 2


def test_centers_that_staff_made_are_not_added_to():
    Center.objects.create(name="Hendon", postcode="NW9 5TZ")
    assert load()["centers"] == 0


def test_areas_that_are_there_are_not_added_to():
    PostcodeArea.objects.create(kind="outcode", area="IG3", latitude=51.5, longitude=0.1)
    assert load() == {"areas": 0, "centers": 157}
