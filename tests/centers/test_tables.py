"""Tables as people's spreadsheets write them, and what is no table at all."""

import codecs
import io

import pytest

from centers.files import BLOCK_BYTES, BadFile
from centers.tables import PieceReader, read_table
from centers.written_dates import NotADate, NotATime, read_date, read_time

TEXT = "code,name,note\r\n1,Hendon,£62 – weekday\r\n2,Ystrad Mynach,café\r\n"
ROWS = [
    (1, ["code", "name", "note"]),
    (2, ["1", "Hendon", "£62 – weekday"]),
    (3, ["2", "Ystrad Mynach", "café"]),
]


def table(content: bytes) -> list[tuple[int, list[str]]]:
    return list(read_table(io.BytesIO(content)))


def refusal(content: bytes) -> str:
    with pytest.raises(BadFile) as caught:
        table(content)
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_table_is_read_in_each_encoding_and_with_each_delimiter(encoding, delimiter):
    assert table(TEXT.replace(",", delimiter).encode(encoding)) == ROWS


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [(codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")],
)
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_unicode_text_of_excel_is_read_whichever_byte_comes_first(mark, encoding, delimiter):
    assert table(mark + TEXT.replace(",", delimiter).encode(encoding)) == ROWS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_a_long_table_is_read_to_its_end(encoding):
    rows = [f"{number},Café {number}" for number in range(3 * BLOCK_BYTES // 10)]
    found = table("\n".join(["code,name", *rows]).encode(encoding))
    assert found[-1] == (len(rows) + 1, rows[-1].split(","))
    assert len(found) == len(rows) + 1


def test_blank_lines_are_left_out_and_empty_rows_are_rows():
    assert table(b"a,b\n\n,\n1,2\n\n") == [(1, ["a", "b"]), (3, ["", ""]), (4, ["1", "2"])]


def test_a_cell_may_hold_quotes_delimiters_and_lines():
    found = table(b'a,b\n"say ""hi"", now","two\nlines"\n3,4\n')
    assert found == [(1, ["a", "b"]), (2, ['say "hi", now', "two\nlines"]), (4, ["3", "4"])]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b'a,b\n1,"two\n3,4\n5,6\n', 2),
        (b'a,b\n1,2\n3,"four', 3),
        (b'a,b\n1,2\n\n"3,4\n', 4),
        (b'a,"b\n1,2\n', 1),
        (b'a;b\n1;"two\n3;4\n', 2),
        ('a\tb\n1\t"two\n3\t4\n'.encode("utf-16"), 2),
        (b'a,b\n"two\nlines",2\n"3,4\n5,6\n', 4),
    ],
)
def test_a_quote_that_is_never_closed_refuses_the_table_by_the_line_that_opens_it(content, line):
    assert refusal(content) == f"Line {line} opens a quote that is never closed."


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'a,b\n1,"two\n3,"four",5\n', "Line 2 is not a row of CSV"),
        (b'a,b\n1,"two"x\n', "Line 2 is not a row of CSV"),
        (b"a,b\n1,2\n3\n", "Line 3 has 1 field where the first has 2"),
        (b"a,b\n1,2,3\n", "Line 2 has 3 fields where the first has 2"),
        (b"a,b\n1,2,\n", "Line 2 has 3 fields where the first has 2"),
        (b'a,b\n1,"two\n3",4\n', "Line 2 has 3 fields where the first has 2"),
        (b'a,b\n"' + b"x,y\n" * 50_000, "Line 2 opens a quote that is not closed within 128 KiB"),
        (b"a,b\n1,2\nx\0,y\n", "Line 3 holds a NUL byte"),
        ("a,b\n1,2\n".encode("utf-16-le"), "Line 1 holds a NUL byte"),
        (b"a,b\n1,2\n" + b"x" * 70_000, "Line 3 is longer than 64 KiB"),
        (b"a,b\n1,2\n3,\x81\n", "Line 3 can't be read as UTF-8 or Windows-1252"),
        ("a,b\n1,é\n2,3\n".encode() + b"4,\xe9\n", "Line 4 can't be read as UTF-8"),
        (codecs.BOM_UTF16_LE + "a,b\n1,2".encode("utf-16-le") + b"x", "goes on as something else"),
        (codecs.BOM_UTF16_LE + b"\x00\xd8,\x00", "goes on as something else"),
    ],
)
def test_what_is_no_plain_table_is_refused_with_its_line(content, words):
    assert words in refusal(content)


def test_an_endless_quote_is_not_read_to_its_end():
    stream = io.BytesIO(b'a,b\n"' + b"x,y\n" * 3_000_000)
    with pytest.raises(BadFile):
        list(read_table(stream))
    assert stream.tell() < 3 * BLOCK_BYTES


def test_a_row_may_go_on_in_the_next_piece():
    reader = PieceReader(delimiter=",", width=2)
    assert reader.read(2, b'1,2\n3,"four\n') == [(2, ["1", "2"])]
    assert reader.is_within_row
    assert reader.read(4, b'five"\n6,7\n') == [(3, ["3", "four\nfive"]), (5, ["6", "7"])]
    reader.finish()


def test_a_row_that_no_piece_ends_refuses_the_table_by_its_line():
    reader = PieceReader(delimiter=",", width=2)
    reader.read(2, b'1,2\n3,"four\n')
    reader.read(4, b"5,6\n")
    with pytest.raises(BadFile, match="Line 3 opens"):
        reader.finish()


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2027-03-08", "2027-03-08"),
        ("08/03/2027", "2027-03-08"),
        ("8/3/27", "2027-03-08"),
        ("08.03.2027", "2027-03-08"),
        ("08-03-27", "2027-03-08"),
        ("8-Mar-27", "2027-03-08"),
        ("8 MARCH 2027", "2027-03-08"),
        ("Mon 8th Mar 2027", "2027-03-08"),
        ("Monday, 8 March 2027", "2027-03-08"),
        ("1 Sept 2027", "2027-09-01"),
        ("12/11/10", "2010-11-12"),
    ],
)
def test_a_date_is_read_with_the_day_first(text, iso):
    assert read_date(text).isoformat() == iso


@pytest.mark.parametrize(
    "text",
    [
        "",
        "8 March",
        "03/27/2027",
        "31/02/2027",
        "Tue 8 March 2027",
        "March 8 2027",
        "20270308",
        "8/3",
    ],
)
def test_what_is_no_date_or_not_that_weekday_is_not_guessed(text):
    with pytest.raises(NotADate):
        read_date(text)


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("8.10", "08:10:00"),
        ("8:10", "08:10:00"),
        ("08:10:30", "08:10:30"),
        ("8.10am", "08:10:00"),
        ("8.10 p.m.", "20:10:00"),
        ("8:10:00 AM", "08:10:00"),
        ("12.05am", "00:05:00"),
        ("12.05 pm", "12:05:00"),
        ("1pm", "13:00:00"),
        ("13.10", "13:10:00"),
    ],
)
def test_a_time_is_read_as_people_write_it(text, iso):
    assert read_time(text).isoformat() == iso


@pytest.mark.parametrize(
    "text", ["", "8", "8.1", "810", "24:00", "8.60", "13.10pm", "0am", "0.34028"]
)
def test_what_may_be_two_times_or_none_is_not_guessed(text):
    with pytest.raises(NotATime):
        read_time(text)
