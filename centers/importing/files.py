"""Lists of test centres as rows: DVSA's official CSV, or our own few columns."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from audit.export import revived
from centers.files import BadFile, bounded, unpacked
from centers.tables import read_table

# DVSA has some four hundred centres; what is far longer is no list of them.
MOST_ROWS = 20_000
# As it is unpacked: gzip makes 400 MB of empty lines out of 400 kB.
MOST_BYTES = 8 * 1024 * 1024
MOST_LINES = 5 * MOST_ROWS

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
    """All rows of a seekable file, each under the line on which it begins; raises BadFile.

    A cell may hold several lines; the columns may be separated as `read_table` knows. Reads at
    most MOST_BYTES and MOST_LINES of it, however small it was packed.
    """
    table = read_table(bounded(unpacked(raw), MOST_BYTES))
    _, header = next(table, (1, []))
    columns = _columns(header)
    return list(_bounded(_row(line, cells, columns) for line, cells in table))


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


def _row(line: int, cells: list[str], columns: dict[str, list[int]]) -> Row:
    if line > MOST_LINES:
        raise BadFile(f"The file has more than {MOST_LINES:,} lines, so it is no such list.")
    return Row(line, **{field: _text(cells, places) for field, places in columns.items()})


def _text(row: list[str], places: list[int]) -> str:
    parts = (" ".join(revived(row[place]).split()) for place in places)
    return ", ".join(part.rstrip(",") for part in parts if part)


def _bounded(rows: Iterable[Row]) -> Iterator[Row]:
    for number, row in enumerate(rows, 1):
        if number > MOST_ROWS:
            raise BadFile(
                f"The file has more than {MOST_ROWS:,} rows; there are not so many centres."
            )
        yield row
