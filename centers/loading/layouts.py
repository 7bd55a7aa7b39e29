"""The layouts in which lists of postcodes are published, brought to one: five texts a row."""

import csv
import re
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.contrib.gis.gdal import AxisOrder, CoordTransform, OGRGeometry, SpatialReference

from centers.files import BadFile
from centers.nations import Nation
from centers.tables import delimiter_of

# Postcode, latitude, longitude (both "" without a grid reference), YYYYMM of its end or "", and
# the nation's code or "".
Texts = tuple[str, str, str, str, str]
Arrange = Callable[[Iterable[list[str]]], Iterator[Texts]]

OWN = ("postcode", "latitude", "longitude")
# Code-Point Open user guide, "CSV structure".
CODE_POINT_FIELDS = 10
# ONS's mark for a postcode without a grid reference.
NO_LATITUDE = "99.999999"
# ONS's codes of countries, in all three directories; others are no part of Great Britain.
NATIONS = {
    "E92000001": Nation.ENGLAND.value,
    "S92000003": Nation.SCOTLAND.value,
    "W92000004": Nation.WALES.value,
}
# `ctry` until 2024, then with a year: `ctry25cd`.
COUNTRY = re.compile(r"ctry(?:\d\dcd)?")


@dataclass(frozen=True)
class Layout:
    """How to read a file, each row of which has `width` fields.

    `bare` rows are postcode,latitude,longitude with commas between and nothing else.
    """

    arrange: Arrange
    width: int
    delimiter: str = ","
    columns: tuple[str, ...] = ("postcode", "latitude", "longitude", "ended", "nation")
    bare: bool = False


def recognise(first_line: str) -> Layout:
    """The layout that a header line announces: ours, or that of ONSPD or NSPL, old or new.

    Raises BadFile when it is none of them.
    """
    delimiter = delimiter_of(first_line)
    header = next(csv.reader([first_line], delimiter=delimiter), [])
    names = [name.strip().casefold() for name in header]
    if {"pcds", "doterm", "lat", "long"} <= set(names):
        country = [name for name in names if COUNTRY.fullmatch(name)][:1]
        wanted = ("pcds", "lat", "long", "doterm", *country)
        return Layout(_pick(names, *wanted), len(names), delimiter)
    if set(OWN) <= set(names):
        bare = names == list(OWN) and delimiter == ","
        return Layout(_pick(names, *OWN), len(names), delimiter, columns=OWN, bare=bare)
    raise BadFile(
        "The first line is neither postcode,latitude,longitude nor the header of ONSPD or NSPL."
    )


def _pick(names: list[str], *wanted: str) -> Arrange:
    postcode, latitude, longitude, *more = [names.index(name) for name in wanted]

    def arrange(rows: Iterable[list[str]]) -> Iterator[Texts]:
        for row in rows:
            ended, country = ([row[place] for place in more] + ["", ""])[:2]
            place = ("", "") if row[latitude] == NO_LATITUDE else (row[latitude], row[longitude])
            yield row[postcode], *place, ended, NATIONS.get(country, "")

    return arrange


def code_point_open() -> Layout:
    """Ordnance Survey's Code-Point Open: no header, metres of the National Grid (EPSG:27700).

    Positional quality 90 means no coordinates (Code-Point Open technical specification).
    """
    return Layout(_from_grid, CODE_POINT_FIELDS)


def _from_grid(rows: Iterable[list[str]]) -> Iterator[Texts]:
    rows = list(rows)
    on_grid = [_grid_reference(row) for row in rows]
    places = iter(_to_degrees([reference for reference in on_grid if reference]))
    for row, reference in zip(rows, on_grid, strict=True):
        if reference:
            longitude, latitude = next(places)
            nation = NATIONS.get(row[4], "")
            yield row[0], f"{latitude:.6f}", f"{longitude:.6f}", "", nation
        else:
            yield _without_reference(row)


def _grid_reference(row: list[str]) -> tuple[float, float] | None:
    if row[1] == "90":
        return None
    try:
        return float(int(row[2])), float(int(row[3]))
    except ValueError:
        return None


def _without_reference(row: list[str]) -> Texts:
    place = ("", "") if row[1] == "90" else (row[2], row[3])
    return row[0], *place, "", NATIONS.get(row[4], "")


def _to_degrees(references: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Longitude and latitude (WGS 84) of eastings and northings, all at once through PROJ.

    PROJ's own transformation of EPSG:27700, right to some 5 metres without the OSTN15 grid.
    """
    if not references:
        return []
    # A WKB MultiPoint (type 4) of points (type 1), little-endian: OGC 06-103r4, 8.2.
    points = b"".join(struct.pack("<BIdd", 1, 1, *reference) for reference in references)
    geometry = OGRGeometry(memoryview(struct.pack("<BII", 1, 4, len(references)) + points))
    geometry.transform(_grid_to_degrees())
    return [(x, y) for _, _, x, y in struct.iter_unpack("<BIdd", bytes(geometry.wkb)[9:])]


def _grid_to_degrees() -> CoordTransform:
    # Traditional order, x before y, whatever the authority's own order is.
    grid, degrees = (SpatialReference(c, axis_order=AxisOrder.TRADITIONAL) for c in (27700, 4326))
    return CoordTransform(grid, degrees)
