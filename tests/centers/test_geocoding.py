"""From what a learner types to a place."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from centers.geocoding import (
    NotAPostcode,
    NotInGreatBritain,
    Place,
    Precision,
    UnknownPostcode,
    locate,
    locate_all,
)
from centers.models import Postcode, PostcodeArea

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def stored(db):
    """One of each kind of knowledge."""
    Postcode.objects.bulk_create(
        [
            Postcode(postcode="IG3 9UZ", latitude=51.56, longitude=0.11),
            Postcode(postcode="IG3 9ZZ"),
            Postcode(postcode="AB1 0AA", latitude=57.10, longitude=-2.24, ended="199606"),
            Postcode(postcode="IG3 8AA", ended="200101"),
        ]
    )
    PostcodeArea.objects.bulk_create(
        [
            PostcodeArea(kind="sector", area="IG3 9", latitude=51.5, longitude=0.1),
            PostcodeArea(kind="outcode", area="IG3", latitude=51.4, longitude=0.2),
            PostcodeArea(kind="outcode", area="AB10", latitude=57.13, longitude=-2.11),
        ]
    )


@pytest.mark.parametrize("text", ["ig39uz", "IG3 9UZ", " ig3  9uz "])
def test_a_stored_postcode_is_located_exactly_however_it_is_typed(text):
    assert locate(text) == Place("IG3 9UZ", 51.56, 0.11, Precision.EXACT)


def test_a_postcode_that_is_not_stored_is_placed_by_its_sector():
    assert locate("IG3 9AB") == Place("IG3 9AB", 51.5, 0.1, Precision.SECTOR)


def test_a_postcode_of_an_unknown_sector_is_placed_by_its_outcode():
    assert locate("IG3 1AB") == Place("IG3 1AB", 51.4, 0.2, Precision.OUTCODE)


def test_a_postcode_without_a_grid_reference_is_placed_by_its_sector():
    assert locate("IG3 9ZZ") == Place("IG3 9ZZ", 51.5, 0.1, Precision.SECTOR)


def test_an_ended_postcode_is_located_and_says_when_it_ended():
    assert locate("AB1 0AA") == Place("AB1 0AA", 57.10, -2.24, Precision.EXACT, "199606")


def test_an_ended_postcode_without_a_grid_reference_still_says_when_it_ended():
    assert locate("IG3 8AA") == Place("IG3 8AA", 51.4, 0.2, Precision.OUTCODE, "200101")


def test_an_outcode_alone_is_placed():
    assert locate("ig3") == Place("IG3", 51.4, 0.2, Precision.OUTCODE)


def test_a_sector_alone_is_placed():
    assert locate("IG3 9") == Place("IG3 9", 51.5, 0.1, Precision.SECTOR)


def test_an_outcode_is_not_taken_for_a_sector_of_a_shorter_one():
    assert locate("AB10").precision == Precision.OUTCODE
    with pytest.raises(UnknownPostcode):
        locate("AB1 1")


@pytest.mark.parametrize(
    ("text", "error"),
    [("ZE1 0AA", UnknownPostcode), ("hello", NotAPostcode), ("BT1 5GS", NotInGreatBritain)],
)
def test_what_cannot_be_located_says_why(text, error):
    with pytest.raises(error) as caught:
        locate(text)
    assert str(caught.value).endswith(".")


def test_a_sentence_for_a_learner_shows_only_a_little_of_what_was_typed():
    with pytest.raises(NotAPostcode) as caught:
        locate("x" * 10_000)
    assert len(str(caught.value)) < 120


def test_many_are_located_with_two_queries_and_errors_stand_among_the_places():
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = locate_all(["IG3 9UZ", "IG3 9AB", "nothing", "AB1 0AA", "ZE1 0AA"])
    assert len(queries) == 2
    assert found["IG3 9UZ"] == Place("IG3 9UZ", 51.56, 0.11, Precision.EXACT)
    assert found["IG3 9AB"] == Place("IG3 9AB", 51.5, 0.1, Precision.SECTOR)
    assert isinstance(found["nothing"], NotAPostcode)
    assert isinstance(found["ZE1 0AA"], UnknownPostcode)


def test_an_exact_place_takes_one_query():
    with CaptureQueriesContext(connection) as queries:
        locate("IG3 9UZ")
    assert len(queries) == 1
