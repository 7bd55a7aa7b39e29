"""Lines that pass as a whole are lines that would pass one by one."""

from hypothesis import given
from hypothesis import strategies as st

from centers.loading_files import Piece
from centers.loading_layouts import recognise
from centers.loading_rows import Seen, Sieve

BARE = recognise("postcode,latitude,longitude")
CHARACTERS = st.sampled_from("ABDIJQVZ0159 ,.-\r")
PARTS = st.tuples(
    st.sampled_from(["IG3 9UZ", "BT1 5GS", "JE2 3AB", "W1M 8AA", "ZZ9 9ZZ", "AJ1 1AA", "BF1 2AU"])
    | st.text(CHARACTERS, min_size=6, max_size=8),
    st.sampled_from(["49.0", "48.9", "61.0", "61.5", "60.9", "51", "5_1.0", " 51.5"])
    | st.floats(40, 70).map(str),
    st.sampled_from(["-9.0", "-9.5", "-8.9", "2.0", "2.5", "1.9", "-0.1", ".5"])
    | st.floats(-12, 5).map(str),
)


@given(st.lists(PARTS, min_size=1, max_size=3))
def test_the_quick_way_keeps_no_line_that_the_careful_way_rejects(rows):
    lines = "".join(",".join(row) + "\n" for row in rows).encode()
    quick, careful = (Sieve(BARE, careful=careful) for careful in (False, True))
    quick.pass_through(Piece(lines, 1)), careful.pass_through(Piece(lines, 1))
    twice = careful.rejections.counts["it comes twice in the file"]
    assert quick.accepted == careful.accepted + twice


def test_a_line_that_is_plainly_right_passes_as_it_is():
    line = b"IG3 9UZ,51.56,0.11\n"
    assert Sieve(BARE, careful=False).pass_through(Piece(line, 1)) == line


def test_what_has_been_seen_takes_no_more_room_for_more_postcodes():
    seen = Seen()
    assert [seen.again(code) for code in ("IG3 9UZ", "IG3 9UA", "IG3 9UZ")] == [False, False, True]
    assert sum(len(marks) for marks in seen._outwards.values()) == 4000
