"""What a row of a list says about a centre, or why it can't be taken."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from centers import britain
from centers.distances import miles_between
from centers.geocoding import Place, PostcodeError, Precision
from centers.importing.files import Row
from centers.postcodes import NotAPostcode, NotInGreatBritain, written
from centers.written_dates import NotADate, read_date

Value = str | Decimal | bool

# As the columns have it; an address may be as long as it likes.
LONGEST = {"name": 255, "code": 50, "postcode": 10, "town": 255}
DEGREE = Decimal("0.000001")
# As far as a postcode reaches in the Highlands, and some: beyond, one of the two is wrong.
DOUBTFUL_MILES = 10


class Note(NamedTuple):
    """Something to say about one row of the file, by its line."""

    line: int
    name: str
    reason: str


class WrongRow(ValueError):
    """A row that can't be taken; its text is the reason."""


@dataclass(frozen=True)
class Entry:
    """What a row says: the fields it gives a value for, ready to be stored."""

    row: Row
    values: dict[str, Value]
    closed_on: date | None
    has_own_coordinates: bool


def read_entry(row: Row, place: Place | PostcodeError, today: date) -> Entry:
    """A row's entry; raises WrongRow. `place` is what its postcode was located as."""
    if not (row.name or row.postcode or row.latitude or row.longitude):
        raise WrongRow("the row is empty: no coordinates and no known postcode")
    if not row.name:
        raise WrongRow("it has no name")
    if isinstance(place, NotInGreatBritain):
        raise WrongRow("its postcode is not in Great Britain")
    closing = _closing(row.closing)
    if closing and closing < today:
        return Entry(row, {}, closing, has_own_coordinates=False)
    return Entry(row, _values(row, place), None, bool(row.latitude))


def doubt(row: Row, values: dict[str, Value], place: Place | PostcodeError) -> str | None:
    """Why the coordinates look wrong: they lie far from the postcode."""
    if isinstance(place, PostcodeError) or place.precision == Precision.OUTCODE:
        return None
    if "latitude" not in values or not row.latitude:
        return None
    said = float(values["latitude"]), float(values["longitude"])
    miles = miles_between(said, (place.latitude, place.longitude))
    if miles <= DOUBTFUL_MILES:
        return None
    return f"its coordinates lie {miles:.0f} miles from {place.postcode}: check both"


def postcode_text(row: Row) -> str:
    """The postcode, without the remark in brackets that some rows add to it."""
    return row.postcode.partition("(")[0].strip()


def _values(row: Row, place: Place | PostcodeError) -> dict[str, Value]:
    texts = {
        "name": row.name,
        "code": row.code,
        "postcode": _postcode(row),
        "address": row.address,
        "town": row.town,
    }
    given: dict[str, Value] = {field: text for field, text in texts.items() if text}
    for field, longest in LONGEST.items():
        if len(texts[field]) > longest:
            raise WrongRow(f"its {field} is longer than {longest} characters")
    return given | _coordinates(row, place) | {"is_active": True}


def _postcode(row: Row) -> str:
    text = postcode_text(row)
    if not text:
        raise WrongRow("it has no postcode")
    try:
        return written(text)
    except NotAPostcode:
        return text


def _coordinates(row: Row, place: Place | PostcodeError) -> dict[str, Value]:
    if not row.latitude and not row.longitude:
        if isinstance(place, PostcodeError):
            raise WrongRow("no coordinates and no known postcode") from place
        return {"latitude": _degrees(place.latitude), "longitude": _degrees(place.longitude)}
    try:
        latitude, longitude = _degrees(row.latitude), _degrees(row.longitude)
    except InvalidOperation as error:
        raise WrongRow("its latitude or longitude is not a number") from error
    if not britain.contains(float(latitude), float(longitude)):
        raise WrongRow("its coordinates lie outside Great Britain")
    return {"latitude": latitude, "longitude": longitude}


def _degrees(value: str | float) -> Decimal:
    return Decimal(str(value)).quantize(DEGREE)


def _closing(text: str) -> date | None:
    try:
        return read_date(text) if text else None
    except NotADate as error:
        raise WrongRow(f"its closing date {text[:40]!r} is not a date") from error
