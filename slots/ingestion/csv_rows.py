"""Reading `center,test_type,date,time` as people and spreadsheets write it, a line at a time."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import IO

from centers.files import BadFile
from centers.tables import read_table
from centers.written_dates import NotADate, NotATime, read_date, read_time
from slots.ingestion.batch_rows import BadBatch, quoted

COLUMNS = ("center", "test_type", "date", "time")

_DAY_FIRST = re.compile(r"(\d\d?)[/.-](\d\d?)[/.-](\d{4})", re.ASCII)


def read_csv(stream: IO[bytes]) -> Iterator[tuple[int, dict[str, str | None]]]:
    """Each row's first line (the header is line 1) and its four fields, None where one is empty.

    The header may be in any order and have further columns. Dates become YYYY-MM-DD and times
    HH:MM:SS where they can be understood; otherwise they are left as they are. Raises BadBatch
    at what is no such file, with the line of a row that can't be read (see `centers.tables`).
    """
    try:
        table = read_table(stream)
        _, header = next(table, (1, []))
        places = _places(header)
        for line, fields in table:
            if any(field.strip() for field in fields):
                yield line, _normal({name: _text(fields[at]) for name, at in places.items()})
    except BadFile as fault:
        reason = str(fault).rstrip(".")
        raise BadBatch(reason[:1].lower() + reason[1:]) from fault


def _places(header: list[str]) -> dict[str, int]:
    names = [name.strip().lower().replace(" ", "_") for name in header]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        found = ", ".join(quoted(name) for name in names[:6] if name)
        raise BadBatch(f"the header lacks {', '.join(missing)}; it has {found or 'nothing'}")
    if any(names.count(name) > 1 for name in COLUMNS):
        raise BadBatch("a column appears twice in the header")
    return {name: names.index(name) for name in COLUMNS}


def _text(field: str) -> str | None:
    """With single plain spaces: spreadsheets paste others."""
    return " ".join(field.split()) or None


def _normal(row: dict[str, str | None]) -> dict[str, str | None]:
    test_type, day, at = row["test_type"], row["date"], row["time"]
    with suppress(NotATime):
        row["time"] = at and read_time(at).isoformat()
    row["date"] = day and _iso(day)
    row["test_type"] = test_type and test_type.lower()
    return row


def _iso(day: str) -> str:
    """A date in ISO form; one that is in no calendar too, for it is rejected as such."""
    numbers = _DAY_FIRST.fullmatch(day)
    if numbers:
        return f"{numbers[3]}-{numbers[2]:0>2}-{numbers[1]:0>2}"
    try:
        return read_date(day).isoformat()
    except NotADate:
        return day
