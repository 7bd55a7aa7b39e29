"""Reading `center,test_type,date,time` as spreadsheets write it, a line at a time."""

import csv
import io
import re
from collections.abc import Iterator
from typing import IO

from slots.ingestion.batch_rows import BadBatch, quoted

COLUMNS = ("center", "test_type", "date", "time")
LONGEST_LINE = 64 * 1024

_BRITISH_DATE = re.compile(r"(\d\d?)/(\d\d?)/(\d{4})", re.ASCII)
_SHORT_TIME = re.compile(r"\d:\d\d(:\d\d)?", re.ASCII)


def read_csv(stream: IO[bytes]) -> Iterator[tuple[int, dict[str, str | None]]]:
    """Each row's first line (the header is line 1) and its four fields, None where one is missing.

    The header may be in any order and have further columns; fields are separated by commas or
    semicolons. Dates become YYYY-MM-DD and short times HH:MM where they can be understood;
    otherwise they are left as they are. Raises BadBatch at what is not such a file.
    """
    lines = _lines(stream)
    header = next(lines, "")
    delimiter = ";" if header.count(";") > header.count(",") else ","
    places = _places(next(csv.reader([header], delimiter=delimiter), []))
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        line = reader.line_num + 2
        try:
            fields = next(reader, None)
        except csv.Error as error:
            raise BadBatch(f"not a table: {error} in line {line}") from None
        if fields is None:
            return
        if any(field.strip() for field in fields):
            yield line, _normal({name: _field(fields, place) for name, place in places.items()})


def _lines(stream: IO[bytes]) -> Iterator[str]:
    number = 0
    while raw := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(raw) > LONGEST_LINE:
            raise BadBatch(f"not a table: line {number} is longer than {LONGEST_LINE:,} bytes")
        if b"\0" in raw:
            raise BadBatch(f"not text: there is a NUL byte in line {number}")
        try:
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise BadBatch(f"not UTF-8 text in line {number}") from None
        yield from io.StringIO(text, newline="")


def _places(header: list[str]) -> dict[str, int]:
    names = [name.strip().lower().replace(" ", "_") for name in header]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        found = ", ".join(quoted(name) for name in names[:6] if name)
        raise BadBatch(f"the header lacks {', '.join(missing)}; it has {found or 'nothing'}")
    if any(names.count(name) > 1 for name in COLUMNS):
        raise BadBatch("a column stands twice in the header")
    return {name: names.index(name) for name in COLUMNS}


def _field(fields: list[str], place: int) -> str | None:
    return fields[place].strip() or None if place < len(fields) else None


def _normal(row: dict[str, str | None]) -> dict[str, str | None]:
    test_type, day, at = row["test_type"], row["date"], row["time"]
    british = _BRITISH_DATE.fullmatch(day or "")
    if british:
        row["date"] = f"{british[3]}-{british[2]:0>2}-{british[1]:0>2}"
    if _SHORT_TIME.fullmatch(at or ""):
        row["time"] = f"0{at}"
    row["test_type"] = test_type.lower() if test_type else None
    return row
