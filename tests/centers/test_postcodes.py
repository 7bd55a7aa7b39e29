"""Which texts are postcodes, and of which country."""

import pytest

from centers.postcodes import NotAPostcode, NotInGreatBritain, split, written


@pytest.mark.parametrize("text", ["ig39uz", "IG3 9UZ", " ig3  9uz ", "iG3\u00a09Uz", "I G39UZ\n"])
def test_case_and_spaces_do_not_count(text):
    assert written(text) == "IG3 9UZ"


@pytest.mark.parametrize(
    "text",
    ["M1 1AA", "M60 1NW", "CR2 6XH", "DN55 1PT", "W1A 1HQ", "EC1A 1BB", "W1M 8AA", "GIR 0AA"],
)
def test_each_published_shape_is_a_postcode(text):
    assert written(text) == text


@pytest.mark.parametrize(
    "text",
    ["", " ", "London", "90210", "D02 AF30", "QA1 1AA", "AI1 1AA", "IG3 9UC", "IG3 9", "IG3", "1"],
)
def test_other_texts_are_no_full_postcode(text):
    with pytest.raises(NotAPostcode):
        written(text)


@pytest.mark.parametrize("text", ["\0", "é" * 500, "IG3 9UZ" * 100_000, "٣", "IG٣ 9UZ", "'; --"])
def test_odd_texts_are_no_postcode(text):
    with pytest.raises(NotAPostcode):
        split(text)


@pytest.mark.parametrize(
    "text",
    [
        "BT1 5GS", "bt15gs", "JE2 3AB", "GY1 1AA", "IM1 1AA", "GX11 1AA", "BF1 2AU", "BFPO 57",
        "FIQQ 1ZZ", "STHL 1ZZ", "KY1-1001", "AI-2640", "VG1110", "BT1",
    ],
)  # fmt: skip
def test_places_outside_great_britain_are_named_as_such(text):
    with pytest.raises(NotInGreatBritain):
        split(text)


@pytest.mark.parametrize("text", ["KY1 1AA", "KY11 2YX", "BB1 1AA", "GU1 1AA", "IG1 1AA", "B1 1AA"])
def test_areas_that_begin_alike_stay_in_great_britain(text):
    assert written(text) == text


def test_an_outcode_and_a_sector_are_told_apart_by_the_space():
    assert split("AB10") == ("AB10", "")
    assert split("AB1 0") == ("AB1", "0")
