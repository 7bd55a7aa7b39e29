"""A list of centres is read in bounds, however small it was packed."""

import gzip
import io

import pytest

from centers.files import BadFile
from centers.importing import files
from centers.importing.files import MOST_BYTES, read_rows

HEADER = b"code,name,postcode\n"
ROW = b"482,Goodmayes,IG3 9UZ\n"


def packed(*parts: bytes) -> io.BytesIO:
    return io.BytesIO(gzip.compress(b"".join(parts)))


def test_a_packed_list_is_read():
    (row,) = read_rows(packed(HEADER, ROW))
    assert (row.code, row.name, row.postcode) == ("482", "Goodmayes", "IG3 9UZ")


def test_a_small_file_that_unpacks_to_much_is_refused_after_so_much():
    """The attack: 400 kB of gzip held a thread for 52 s."""
    bomb = packed(HEADER, b"\n" * (3 * MOST_BYTES))
    assert bomb.getbuffer().nbytes < 50_000
    with pytest.raises(BadFile, match="more than 8 MB"):
        read_rows(bomb)
    assert bomb.tell() < bomb.getbuffer().nbytes


def test_lines_without_a_row_are_counted_too(monkeypatch):
    monkeypatch.setattr(files, "MOST_LINES", 10)
    with pytest.raises(BadFile, match="more than 10 lines"):
        read_rows(packed(HEADER, b"\n" * 9, ROW))
