"""Lists of test centres as rows: DVSA's official CSV, or our own few columns."""

import codecs
import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from audit.export import revived
from centers.files import BadFile, blocks, lines, unpacked

# DVSA has some four hundred centres; what is far longer is no list of them.
MOST_ROWS = 20_000

OFFICIAL: dict[str, tuple[str, ...]] = {
    "name": ("name",),
    "postcode": ("postcode",),
    "latitude": ("lat",),
    "longitude": ("long",),
    "code": ("tarsid",),
    "address": ("address line 1", "address line 2"),
    "town": ("city",),
    "closing": ("closing date",),
}
OWN_FIELDS = ("code", "name", "postcode", "latitude", "longitude", "address", "town")
OWN: dict[str, tuple[str, ...]] = {name: (name,) for name in OWN_FIELDS}
OWN_REQUIRED = {"code", "name", "postcode"}


@dataclass(frozen=True)
class Row:
    """One row as written, spaces tidied; "" where the file says nothing."""

    line: int
    name: str
    code: str = ""
    postcode: str = ""
    latitude: str = ""
    longitude: str = ""
    address: str = ""
    town: str = ""
    closing: str = ""


def read_rows(raw: IO[bytes]) -> list[Row]:
    """All rows of a seekable file in UTF-8 or Windows-1252; raises BadFile for anything else."""
    encoding = _encoding(raw)
    try:
        reader = csv.reader(lines(unpacked(raw), encoding))
        columns = _columns(next(reader, []))
        return list(_bounded(_rows(reader, columns)))
    except csv.Error as error:
        raise BadFile(f"The file is not CSV: {error}.") from error


def _encoding(raw: IO[bytes]) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            for block in blocks(unpacked(raw)):
                decoder.decode(block)
        except UnicodeDecodeError:
            continue
        return encoding
    raise BadFile("The file is text neither in UTF-8 nor in Windows-1252.")


def _columns(header: list[str]) -> dict[str, list[int]]:
    """For each field the places of its columns."""
    names = [name.strip().casefold() for name in header]
    if {"tarsid", "lat", "long", "name", "postcode"} <= set(names):
        layout = OFFICIAL
    elif set(names) >= OWN_REQUIRED:
        layout = OWN
    else:
        raise BadFile(
            "The first line is neither that of DVSA's list of test centres "
            "nor code,name,postcode[,latitude,longitude,address,town]."
        )
    return {
        field: [names.index(n) for n in wanted if n in names] for field, wanted in layout.items()
    }


def _rows(reader: Any, columns: dict[str, list[int]]) -> Iterator[Row]:
    """Each under the line on which it begins: a cell may hold several lines."""
    line = reader.line_num + 1
    for row in reader:
        if row:
            yield Row(line=line, **{field: _text(row, cells) for field, cells in columns.items()})
        line = reader.line_num + 1


def _text(row: list[str], places: list[int]) -> str:
    parts = (" ".join(revived(row[place]).split()) for place in places if place < len(row))
    return ", ".join(part.rstrip(",") for part in parts if part)


def _bounded(rows: Iterable[Row]) -> Iterator[Row]:
    for number, row in enumerate(rows, 1):
        if number > MOST_ROWS:
            raise BadFile(
                f"The file has more than {MOST_ROWS:,} rows; there are not so many centres."
            )
        yield row
