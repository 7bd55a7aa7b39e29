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


@pytest.mark.parametrize(
    "text",
    [
        "IG3\u200b 9UZ",
        "\ufeffIG3 9UZ",
        "IG\u00ad3 9UZ",
        "\u200eIG3 9UZ\u200f",
        "IG3\u2060 9U\ufe0fZ",
        "IG3 9UZ.",
        "(IG3 9UZ)",
        "[ig3 9uz],",
        "“IG3 9UZ”",
        "IG3-9UZ",
        "IG3\u2009–\u20099UZ",
        "\uff29\uff27\uff13\u3000\uff19\uff35\uff3a",
        "IG3\r\n9UZ",
    ],
)
def test_what_pasting_and_punctuation_add_does_not_count(text):
    assert split(text) == ("IG3", "9UZ")
    assert written(text) == "IG3 9UZ"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("SW1A OAA", ("SW1A", "0AA")),
        ("S014 3AB", ("SO14", "3AB")),
        ("0X1 2AB", ("OX1", "2AB")),
        ("EI 4AB", ("E1", "4AB")),
        ("w1o 2ab", ("W10", "2AB")),
    ],
)
def test_letters_and_digits_that_look_alike_are_put_right_where_one_reading_is_left(text, meant):
    assert split(text) == meant


@pytest.mark.parametrize("text", ["SW1A OAA", "S014 3AB"])
def test_a_published_list_is_taken_at_its_word(text):
    with pytest.raises(NotAPostcode):
        written(text)


@pytest.mark.parametrize("text", ["LIONS", "OO1 1OO", "1IG3 9UZ", "IG3 9UO", "M1 1A1"])
def test_what_has_several_readings_or_none_is_not_guessed(text):
    with pytest.raises(NotAPostcode):
        split(text)


@pytest.mark.parametrize("text", ["E1 1AA", "OL1 1AA", "L1 0AA", "SO1 0AA", "G1R 0AA"])
def test_what_is_a_postcode_already_is_left_as_it_is(text):
    assert " ".join(split(text)) == text


def test_an_error_shows_what_was_typed_without_what_cannot_be_seen():
    with pytest.raises(NotAPostcode, match="“90210” is not"):
        split("\u200b902\u00ad10")
