"""Lines that pass as a whole are lines that would pass one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centers.loading.files import Piece
from centers.loading.layouts import recognise
from centers.loading.rows import Seen, Sieve

BARE = recognise("postcode,latitude,longitude")
POSTCODES = ("IG3 9UZ", "BT1 5GS", "JE2 3AB", "GY1 1AA", "W1M 8AA", "GIR 0AA", "AJ1 1AA", "BF1 2AU")
LATITUDES = ("49.0", "48.9", "61.0", "61.5", "60.9", "51", "5_1.0", " 51.5", "nan", "")
LONGITUDES = ("-9.0", "-9.5", "-8.9", "2.0", "2.5", "1.9", "-0.1", ".5", "0.1e1", "")


def accepted(lines: str, *, careful: bool) -> int:
    """How many of some lines pass."""
    sieve = Sieve(BARE, careful=careful)
    sieve.pass_through(Piece(lines.encode(), 1))
    return sieve.accepted


@pytest.mark.parametrize("postcode", POSTCODES)
@pytest.mark.parametrize("latitude", LATITUDES)
def test_the_quick_way_keeps_no_row_that_the_careful_way_rejects(postcode, latitude):
    for longitude in LONGITUDES:
        line = f"{postcode},{latitude},{longitude}\n"
        assert accepted(line, careful=False) == accepted(line, careful=True), line


@given(st.text(st.sampled_from("ABDEIJQVZ0159 "), min_size=6, max_size=8))
def test_the_quick_way_keeps_no_text_that_is_no_postcode(text):
    line = f"{text},51.5,0.1\n"
    assert accepted(line, careful=False) == accepted(line, careful=True)


def test_a_line_that_is_plainly_right_passes_as_it_is():
    line = b"IG3 9UZ,51.56,0.11\n"
    assert Sieve(BARE, careful=False).pass_through(Piece(line, 1)) == line


def test_what_has_been_seen_takes_no_more_room_for_more_postcodes():
    seen = Seen()
    assert [seen.again(code) for code in ("IG3 9UZ", "IG3 9UA", "IG3 9UZ")] == [False, False, True]
    assert sum(len(marks) for marks in seen._outwards.values()) == 4000
