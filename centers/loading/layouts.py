"""The layouts in which lists of postcodes are published, brought to one: four texts a row."""

import csv
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.contrib.gis.gdal import AxisOrder, CoordTransform, OGRGeometry, SpatialReference

from centers.files import BadFile
from centers.tables import delimiter_of

# Postcode, latitude, longitude (both "" without a grid reference), YYYYMM of its end or "".
Texts = tuple[str, str, str, str]
Arrange = Callable[[Iterable[list[str]]], Iterator[Texts]]

OWN = ("postcode", "latitude", "longitude")
# Code-Point Open user guide, "CSV structure".
CODE_POINT_FIELDS = 10
# ONS's mark for a postcode without a grid reference.
NO_LATITUDE = "99.999999"


@dataclass(frozen=True)
class Layout:
    """How to read a file, each row of which has `width` fields.

    `bare` rows are postcode,latitude,longitude with commas between and nothing else.
    """

    arrange: Arrange
    width: int
    delimiter: str = ","
    columns: tuple[str, ...] = ("postcode", "latitude", "longitude", "ended")
    bare: bool = False


def recognise(first_line: str) -> Layout:
    """The layout that a header line announces: ours, or that of ONSPD or NSPL, old or new.

    Raises BadFile when it is none of them.
    """
    delimiter = delimiter_of(first_line)
    header = next(csv.reader([first_line], delimiter=delimiter), [])
    names = [name.strip().casefold() for name in header]
    if {"pcds", "doterm", "lat", "long"} <= set(names):
        return Layout(_pick(names, "pcds", "lat", "long", "doterm"), len(names), delimiter)
    if set(OWN) <= set(names):
        bare = names == list(OWN) and delimiter == ","
        return Layout(_pick(names, *OWN), len(names), delimiter, columns=OWN, bare=bare)
    raise BadFile(
        "The first line is neither postcode,latitude,longitude nor the header of ONSPD or NSPL."
    )


def _pick(names: list[str], *wanted: str) -> Arrange:
    postcode, latitude, longitude, *ended = [names.index(name) for name in wanted]

    def arrange(rows: Iterable[list[str]]) -> Iterator[Texts]:
        for row in rows:
            if row[latitude] == NO_LATITUDE:
                yield row[postcode], "", "", row[ended[0]] if ended else ""
            else:
                end = row[ended[0]] if ended else ""
                yield row[postcode], row[latitude], row[longitude], end

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
            yield row[0], f"{latitude:.6f}", f"{longitude:.6f}", ""
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
    return (row[0], "", "", "") if row[1] == "90" else (row[0], row[2], row[3], "")


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
