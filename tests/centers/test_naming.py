"""Which centre a name or code stands for."""

import pytest

from centers.models import Center, CenterAlias
from centers.naming import AmbiguousCenter, Directory, UnknownCenter, fold

pytestmark = pytest.mark.django_db


def center(name: str, **values) -> Center:
    """A stored centre."""
    return Center.objects.create(**{"name": name, "postcode": "IG3 9UZ"} | values)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hither Green (London)", " hither  green - LONDON "),
        ("King's Lynn", "Kings Lynn"),
        ("King’s Lynn", "king's lynn"),
        ("Barrow-in-Furness", "Barrow in Furness"),
        ("Caffè & Bar", "CAFFE AND BAR"),
    ],
)
def test_case_spaces_accents_and_punctuation_do_not_count(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("St Albans", "Saint Albans"), ("Leeds", "Leeds LGV"), ("Bury", "Burys")]
)
def test_other_words_are_another_name(one, other):
    assert fold(one) != fold(other)


def test_a_code_is_found_before_a_name():
    by_code, by_name = center("Hendon", code="482"), center("482")
    assert Directory.read().find(" 482 ").center_id == by_code.pk != by_name.pk


def test_a_name_is_found_before_an_alias():
    named, aliased = center("Hendon"), center("Mill Hill")
    CenterAlias.objects.create(center=aliased, alias="Hendon", folded=fold("Hendon"))
    assert Directory.read().find("hendon").center_id == named.pk


def test_an_alias_is_found():
    found = center("Hither Green (London)")
    CenterAlias.objects.create(center=found, alias="Lee", folded=fold("Lee"))
    assert Directory.read().find("LEE").center_id == found.pk


def test_a_name_that_two_open_centers_share_is_never_guessed():
    center("Wolverhampton", code="1"), center("Wolverhampton", postcode="WV1 4XB")
    with pytest.raises(AmbiguousCenter) as caught:
        Directory.read().find("wolverhampton")
    assert caught.value.suggestions == ["Wolverhampton (1)", "Wolverhampton (WV1 4XB)"]


def test_of_a_shared_name_the_only_open_center_is_meant():
    center("Wolverhampton", is_active=False)
    still_open = center("Wolverhampton")
    assert Directory.read().find("Wolverhampton") == (still_open.pk, True)


def test_a_closed_center_is_found_and_said_to_be_closed():
    closed = center("Hendon", is_active=False)
    assert Directory.read().find("Hendon") == (closed.pk, False)


def test_an_unknown_name_is_answered_with_the_nearest_ones():
    center("Goodmayes (London)"), center("Hendon")
    with pytest.raises(UnknownCenter) as caught:
        Directory.read().find("Goodmays London")
    assert caught.value.suggestions == ["Goodmayes (London)"]


def test_nothing_like_it_is_answered_without_suggestions():
    center("Hendon")
    with pytest.raises(UnknownCenter) as caught:
        Directory.read().find("Xyzzy")
    assert caught.value.suggestions == []


def test_the_directory_is_read_with_two_queries(django_assert_num_queries):
    center("Hendon")
    with django_assert_num_queries(2):
        Directory.read().find("Hendon")
