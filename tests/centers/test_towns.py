"""Towns by name, for who doesn't know a postcode."""

from decimal import Decimal

import pytest

from centers.models import Center, CenterAlias
from centers.naming import fold
from centers.towns import NotATown, find_town

pytestmark = pytest.mark.django_db


def center(name: str, latitude: float, longitude: float, **fields) -> Center:
    return Center.objects.create(
        name=name, postcode="B1 1AA",
        latitude=Decimal(str(latitude)), longitude=Decimal(str(longitude)), **fields,
    )  # fmt: skip


@pytest.fixture(autouse=True)
def country(db):
    center("Birmingham (Kings Heath)", 52.43, -1.88, town="Birmingham")
    center("Birmingham (Shirley)", 52.41, -1.82, town="Solihull")
    center("Goodmayes", 51.56, 0.1, town="Ilford")
    center("Newport (Gwent)", 51.58, -2.99, town="Newport")
    center("Newport (Isle of Wight)", 50.7, -1.29, town="Newport")
    center("King's Lynn", 52.75, 0.4, town="King’s Lynn")
    center("Oldham", 53.5, -2.1, town="Oldham", is_active=False)


def names(text: str) -> list[str]:
    return sorted(each.name for each in find_town(text).centers)


def refusal(text: str) -> NotATown:
    with pytest.raises(NotATown) as caught:
        find_town(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Birmingham", ["Birmingham (Kings Heath)", "Birmingham (Shirley)"]),
        ("  birmingham. ", ["Birmingham (Kings Heath)", "Birmingham (Shirley)"]),
        ("BIRM\u200bINGHAM", ["Birmingham (Kings Heath)", "Birmingham (Shirley)"]),
        ("solihull", ["Birmingham (Shirley)"]),
        ("Birmingham (Kings Heath)", ["Birmingham (Kings Heath)"]),
        ("kings heath", ["Birmingham (Kings Heath)"]),
        ("Ilford", ["Goodmayes"]),
        ("goodm", ["Goodmayes"]),
        ("Kings Lynn", ["King's Lynn"]),
        ("isle of wight", ["Newport (Isle of Wight)"]),
    ],
)
def test_the_centres_of_a_name_town_or_part_of_it_are_found(text, found):
    assert names(text) == found


def test_what_the_found_town_is_called_finds_it_again():
    for text in ("birmingham", "kings heath", "Ilford", "goodm"):
        town = find_town(text)
        assert find_town(town.name) == town


def test_another_name_of_a_centre_counts():
    goodmayes = Center.objects.get(name="Goodmayes")
    CenterAlias.objects.create(center=goodmayes, alias="Seven Kings", folded=fold("Seven Kings"))
    assert names("seven kings") == ["Goodmayes"]


def test_towns_of_one_name_far_apart_are_offered_to_choose_from():
    error = refusal("Newport")
    assert [[each.name for each in town.centers] for town in error.choices] == [
        ["Newport (Gwent)"], ["Newport (Isle of Wight)"],
    ]  # fmt: skip
    assert "more than one “Newport”: Newport (Gwent)" in str(error)


@pytest.mark.parametrize(
    ("text", "near"), [("Birmingam", "Birmingham"), ("Goodmays", "Goodmayes"), ("ilfrod", "Ilford")]
)
def test_a_town_that_is_nearly_spelt_so_is_suggested_and_not_taken(text, near):
    error = refusal(text)
    assert error.choices[0].name == near
    assert f"Did you mean {near}?" in str(error)


@pytest.mark.parametrize("text", ["xyzzy", "", "...", "Oldham"])
def test_what_is_nowhere_says_what_to_type(text):
    error = refusal(text)
    assert error.choices == []
    assert "Enter a postcode, such as IG3 9UZ" in str(error)


def test_towns_take_two_queries(django_assert_num_queries):
    with django_assert_num_queries(2):
        find_town("Birmingham")
