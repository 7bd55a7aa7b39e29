"""Rows of a list of postcodes: each is checked, and kept or rejected with its line and reason."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from centers import britain
from centers.files import BadFile
from centers.loading.files import Piece
from centers.loading.layouts import Layout, Texts
from centers.postcodes import INWARD, OUTWARD, NotInGreatBritain, PostcodeError, written
from centers.tables import PieceReader

EXAMPLES = 1000

# Lines that are plainly right pass as a whole, at a tenth of the cost of reading each: all of
# these would pass `_check` too, which decides about every other line.
_PLAINLY_RIGHT = re.compile(
    (
        rf"(?:(?!(?:BT|JE|GY|IM|GX)[0-9]|BF1){OUTWARD}\ {INWARD}"
        r",(?:49|5[0-9]|60)\.[0-9]{1,15},(?:-[0-8]|[01])\.[0-9]{1,15}\n)*+"
    ).encode()
)
_YEAR_AND_MONTH = re.compile(r"[0-9]{4}(?:0[1-9]|1[0-2])|")


class Rejected(NamedTuple):
    """One row that was left out; `row` is its line, with the member's name in an archive."""

    row: int | str
    reason: str
    postcode: str


@dataclass
class Rejections:
    """How many rows were rejected for each reason, and the first thousand of them.

    Those of Northern Ireland and the islands, which are in every official list, are skipped.
    """

    skipped: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    examples: list[Rejected] = field(default_factory=list)

    def add(self, rejected: Rejected) -> None:
        """Count one, and keep it while there is room."""
        self.counts[rejected.reason] += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(rejected)


class Seen:
    """Which postcodes have come: 4,000 bytes for each outcode, however many rows there are."""

    LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
    INWARDS: dict[str, int] = {  # noqa: RUF012 -- a table, never written
        "".join(parts): number
        for number, parts in enumerate(itertools.product("0123456789", LETTERS, LETTERS))
    }

    def __init__(self) -> None:
        self._outwards: dict[str, bytearray] = {}

    def again(self, postcode: str) -> bool:
        """Note a postcode in its written form; whether it had come before."""
        outward, inward = postcode.split(" ")
        marks = self._outwards.setdefault(outward, bytearray(len(self.INWARDS)))
        before = marks[self.INWARDS[inward]]
        marks[self.INWARDS[inward]] = 1
        return bool(before)


class _WrongRow(ValueError):
    """Its text is the reason."""


class Sieve:
    """Takes pieces of a file and gives back, as CSV for COPY, the rows that are right.

    A careful sieve reads every line and finds what comes twice; another passes lines that are
    plainly right unread and leaves it to the primary key to find what comes twice.
    """

    def __init__(self, layout: Layout, *, careful: bool) -> None:
        self._layout = layout
        self._seen = Seen() if careful else None
        self._member = ""
        self._table = self._new_table()
        self.accepted = 0
        self.rejections = Rejections()

    def pass_through(self, piece: Piece) -> bytes:
        """The piece's good rows with the layout's columns; the others are noted."""
        if self._layout.bare and not self._seen and not self._table.is_within_row:
            lines = piece.lines.replace(b"\r\n", b"\n")
            if _PLAINLY_RIGHT.fullmatch(lines):
                self.accepted += lines.count(b"\n")
                return lines
        return "".join(self._read(piece)).encode()

    def finish(self) -> None:
        """Say that there are no more pieces; raises BadFile when the last row has not ended."""
        with self._naming_member():
            self._table.finish()

    def _read(self, piece: Piece) -> list[str]:
        rows = self._rows(piece)
        good = []
        arranged = self._layout.arrange(row for _, row in rows)
        for (line, _), texts in zip(rows, arranged, strict=True):
            try:
                good.append(self._check(texts))
            except NotInGreatBritain:
                self.rejections.skipped += 1
            except _WrongRow as error:
                where = f"{piece.member}:{line}" if piece.member else line
                self.rejections.add(Rejected(where, str(error), texts[0][:20]))
        self.accepted += len(good)
        return good

    def _rows(self, piece: Piece) -> list[tuple[int, list[str]]]:
        if piece.member != self._member:
            self.finish()
            self._member, self._table = piece.member, self._new_table()
        with self._naming_member():
            return self._table.read(piece.first_line, piece.lines)

    def _new_table(self) -> PieceReader:
        return PieceReader(delimiter=self._layout.delimiter, width=self._layout.width)

    @contextmanager
    def _naming_member(self) -> Iterator[None]:
        try:
            yield
        except BadFile as error:
            raise (BadFile(f"{self._member}: {error}") if self._member else error) from error

    def _check(self, texts: Texts) -> str:
        postcode, latitude, longitude, ended, nation = texts
        name = _name(postcode)
        place = _place(latitude, longitude)
        if not _YEAR_AND_MONTH.fullmatch(ended):
            raise _WrongRow("the date of its end is not YYYYMM")
        if self._seen and self._seen.again(name):
            raise _WrongRow("it comes twice in the file")
        values = (name, *place, ended, nation)[: len(self._layout.columns)]
        return ",".join(values) + "\n"


def _name(postcode: str) -> str:
    try:
        return written(postcode)
    except NotInGreatBritain:
        raise
    except PostcodeError as error:
        raise _WrongRow("not a postcode") from error


def _place(latitude: str, longitude: str) -> tuple[str, str]:
    """The two as COPY takes them, both empty for a postcode without a grid reference."""
    if not latitude and not longitude:
        return "", ""
    try:
        north, east = float(latitude), float(longitude)
    except ValueError as error:
        raise _WrongRow("latitude or longitude is not a number") from error
    if not britain.contains(north, east):
        raise _WrongRow("its coordinates lie outside Great Britain")
    return repr(north), repr(east)
