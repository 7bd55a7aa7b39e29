"""Tables in text files, read strictly: a row that isn't plain refuses the file, with its line."""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import IO

from audit.text import counted
from centers.files import BadFile, blocks

# What spreadsheets put between two cells, the likeliest first.
DELIMITERS = (",", ";", "\t")
MARK = "\ufeff"


class UnclosedQuote(BadFile):
    """The text ends within a cell that began with a quote, in the row that began at `line`."""

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(f"Line {line} opens a quote that is never closed.")


class Decoder:
    """UTF-8, or Windows-1252 once a byte can't be UTF-8; a file is one of them throughout."""

    def __init__(self) -> None:
        self._encoding = "utf-8"
        self._is_utf8 = False

    def decode(self, line: int, block: bytes) -> str:
        """The text of some whole lines, the first of which is `line`; raises BadFile."""
        try:
            text = block.decode(self._encoding)
        except UnicodeDecodeError as error:
            at = line + block.count(b"\n", 0, error.start)
            if self._is_utf8 or self._encoding != "utf-8" or not block[: error.start].isascii():
                sentence = "can't be read as UTF-8 or Windows-1252 like the lines before it"
                raise BadFile(f"Line {at} {sentence}.") from error
            self._encoding = "cp1252"
            return self.decode(line, block)
        self._is_utf8 = self._is_utf8 or (self._encoding == "utf-8" and not block.isascii())
        return text.removeprefix(MARK) if line == 1 else text


def text_lines(stream: IO[bytes]) -> Iterator[str]:
    """Lines with their ends, as the csv module wants them; raises BadFile."""
    decoder = Decoder()
    for line, block in blocks(stream):
        yield from io.StringIO(decoder.decode(line, block), newline="")


def delimiter_of(header: str) -> str:
    """What stands between the cells: whichever of DELIMITERS the header line has most of."""
    return max(DELIMITERS, key=header.count)


def read_table(stream: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line on which it begins, the header first; raises BadFile as it goes.

    Blank lines are left out. All rows have as many fields as the first (RFC 4180, section 2.4).
    """
    lines = text_lines(stream)
    header = next(lines, "")
    return read_rows(chain([header], lines), delimiter=delimiter_of(header))


def read_rows(
    lines: Iterable[str], *, delimiter: str = ",", first_line: int = 1, width: int | None = None
) -> Iterator[tuple[int, list[str]]]:
    """Rows as `read_table` gives them; a row has `width` fields, or as many as the first."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line = first_line
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise _fault(line, error) from error
        if row is None:
            return
        width = width or len(row) or None
        if row and len(row) != width:
            fields = counted(len(row), "field")
            raise BadFile(f"Line {line} has {fields} where the first has {width}.")
        if row:
            yield line, row
        line = first_line + reader.line_num


class PieceReader:
    """Rows of a table that comes in pieces of whole lines; a row may go on in the next piece."""

    def __init__(self, *, delimiter: str, width: int) -> None:
        self._delimiter, self._width = delimiter, width
        self._decoder = Decoder()
        self._begun = ""
        self._fault: UnclosedQuote | None = None

    @property
    def is_within_row(self) -> bool:
        """Whether the last piece ended within a quote."""
        return self._fault is not None

    def read(self, line: int, block: bytes) -> list[tuple[int, list[str]]]:
        """The rows that end in a piece, the first line of which is `line`; raises BadFile."""
        first = self._fault.line if self._fault else line
        text = self._begun + self._decoder.decode(line, block)
        lines = list(io.StringIO(text, newline=""))
        self._begun, self._fault = "", None
        rows: list[tuple[int, list[str]]] = []
        try:
            rows.extend(
                read_rows(lines, delimiter=self._delimiter, first_line=first, width=self._width)
            )
        except UnclosedQuote as fault:
            self._begun, self._fault = "".join(lines[fault.line - first :]), fault
        return rows

    def finish(self) -> None:
        """Raise BadFile when the last row has not ended."""
        if self._fault:
            raise self._fault


def _fault(line: int, error: csv.Error) -> BadFile:
    """The csv module has no codes; only its words tell the end of the text from another fault."""
    if "unexpected end of data" in str(error):
        return UnclosedQuote(line)
    if "field larger than field limit" in str(error):
        return BadFile(f"Line {line} opens a quote that is not closed within 128 KiB.")
    return BadFile(f"Line {line} is not a row of CSV: {error}.")
