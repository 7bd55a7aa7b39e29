"""Batches: what a source says at one time, read from JSON or CSV and checked.

What can be known without the database is judged here: a fault of the whole is a BadBatch, a
fault of one row a rejected row. Which centre is meant, and what follows, is `ingest`'s to say.
"""

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import IO, Any

from django.utils import timezone

from audit.text import printable
from slots.ingestion.batch_rows import (
    BadBatch,
    BadRow,
    RejectedRow,
    Row,
    RowCheck,
    Rows,
    quoted,
    read_center,
)
from slots.ingestion.csv_rows import read_csv
from slots.ingestion.json_stream import JsonStream
from slots.models import Slot

__all__ = ["BadBatch", "Batch", "Covers", "RejectedRow", "Row", "parse_csv", "parse_json"]

MOST_BYTES = 32 * 1024 * 1024
HIGHEST_SEQUENCE = 2**63 - 1

_FIELDS = {"sequence", "observed_at", "complete", "covers", "slots"}
_COVERS_FIELDS = {"centers", "test_types", "date_from", "date_to"}
# RFC 3339: a date, a time and an offset from UTC.
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)", re.ASCII | re.IGNORECASE
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@dataclass(frozen=True)
class Covers:
    """What a complete batch speaks for; an absent date is unbounded, both are inclusive."""

    centers: tuple[str, ...]
    test_types: tuple[str, ...]
    date_from: date | None = None
    date_to: date | None = None

    def as_json(self) -> dict[str, Any]:
        """The normal form, by which two are compared: sorted, dates in ISO form or null."""
        return {
            "centers": sorted(set(self.centers)),
            "test_types": sorted(set(self.test_types)),
            "date_from": self.date_from and self.date_from.isoformat(),
            "date_to": self.date_to and self.date_to.isoformat(),
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> "Covers":
        """The reverse of `as_json`, which is what is stored."""
        days = (said["date_from"], said["date_to"])
        first, last = (date.fromisoformat(day) if day else None for day in days)
        return cls(tuple(said["centers"]), tuple(said["test_types"]), first, last)


@dataclass(frozen=True)
class Batch:
    """What a source says at one time: `slots` are open, and when `complete`, no others in `covers`.

    Without a `sequence` it has no identity. `observed_at` is aware.
    """

    observed_at: datetime
    slots: Rows
    sequence: int | None = None
    complete: bool = False
    covers: Covers | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of the content, the order of rows and names left aside."""
        covers = self.covers and sorted(self.covers.as_json().items())
        said = (self.observed_at.astimezone(UTC), self.complete, covers, self.slots.digest())
        return sha256(repr(said).encode()).hexdigest()


def make_batch(
    *,
    observed_at: datetime,
    slots: Iterable[Mapping[str, object]],
    sequence: int | None = None,
    complete: bool = False,
    covers: Covers | None = None,
) -> Batch:
    """A batch that did not come as text; `slots` are mappings as in the JSON."""
    rows = _rows()
    for position, slot in enumerate(slots, 1):
        rows.add(position, slot)
    return Batch(observed_at, rows, sequence, complete, covers)


def parse_json(source: bytes | IO[bytes], *, most_bytes: int = MOST_BYTES) -> Batch:
    """Read a batch from JSON, in one pass; rows are counted from 1. Raises BadBatch."""
    stream = JsonStream(_stream(source), most_bytes=most_bytes)
    rows, said = _rows(), {}
    for name in stream.members():
        if name not in _FIELDS or name in said:
            fault = "appears twice" if name in said else "is not a field of a batch"
            raise BadBatch(f"{quoted(name)} {fault}", field=printable(name))
        said[name] = _read_slots(stream, rows) if name == "slots" else stream.value()
    stream.end()
    if "slots" not in said:
        raise BadBatch("slots is missing", field="slots")
    return _batch(said, rows)


def parse_csv(
    source: bytes | IO[bytes], *, observed_at: datetime | None = None, sequence: int | None = None
) -> Batch:
    """Read an incomplete batch from CSV, observed now if nothing else is said; rows are named by
    their line, the header's being 1. Raises BadBatch."""
    rows = _rows()
    for line, fields in read_csv(_stream(source)):
        rows.add(line, fields)
    return Batch(observed_at or timezone.now(), rows, sequence)


def _rows() -> Rows:
    return Rows(RowCheck(timezone.localdate()))


def _stream(source: bytes | IO[bytes]) -> IO[bytes]:
    return io.BytesIO(source) if isinstance(source, bytes) else source


def _read_slots(stream: JsonStream, rows: Rows) -> bool:
    for position, fields in enumerate(stream.elements(), 1):
        if isinstance(fields, dict):
            rows.add(position, fields)
        else:
            rows.reject(position, "not an object with center, test_type, date and time")
    return True


def _batch(said: Mapping[str, Any], rows: Rows) -> Batch:
    complete, covers = said.get("complete", False), said.get("covers")
    if not isinstance(complete, bool):
        raise BadBatch("complete has to be true or false", field="complete")
    if complete and covers is None:
        raise BadBatch("a complete batch has to say what it covers", field="covers")
    return Batch(
        observed_at=_read_moment(said.get("observed_at")),
        slots=rows,
        sequence=_read_sequence(said.get("sequence")),
        complete=complete,
        covers=None if covers is None else _read_covers(covers),
    )


def _read_sequence(value: object) -> int:
    if value is None:
        raise BadBatch("sequence is missing", field="sequence")
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadBatch("sequence has to be a whole number", field="sequence")
    if not 0 <= value <= HIGHEST_SEQUENCE:
        raise BadBatch(f"sequence has to be from 0 to {HIGHEST_SEQUENCE}", field="sequence")
    return value


def _read_moment(value: object) -> datetime:
    if value is None:
        raise BadBatch("observed_at is missing", field="observed_at")
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        form = "has to be a time with its offset, such as 2026-11-23T09:00:00Z"
        raise BadBatch(f"observed_at {form}", field="observed_at")
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        reason = f"observed_at {quoted(value)} is not in the calendar"
        raise BadBatch(reason, field="observed_at") from None


def _read_covers(value: object) -> Covers:
    if not isinstance(value, dict):
        raise BadBatch("covers has to be an object", field="covers")
    unknown = next((name for name in value if name not in _COVERS_FIELDS), None)
    if unknown is not None:
        raise BadBatch(f"{quoted(unknown)} is not a field of covers", field="covers")
    covers = Covers(
        _read_names(value.get("centers")),
        _read_test_types(value.get("test_types")),
        _read_day("date_from", value.get("date_from")),
        _read_day("date_to", value.get("date_to")),
    )
    if covers.date_from and covers.date_to and covers.date_to < covers.date_from:
        raise BadBatch("covers.date_to is before covers.date_from", field="covers.date_to")
    return covers


def _read_names(value: object) -> tuple[str, ...]:
    field = "covers.centers"
    if not isinstance(value, list):
        raise BadBatch(f"{field} has to be a list of codes or names", field=field)
    try:
        return tuple(read_center(name) for name in value)
    except BadRow as fault:
        raise BadBatch(f"{field}: {fault}", field=field) from None


def _read_test_types(value: object) -> tuple[str, ...]:
    known = set(Slot.TestType.values)
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        unknown = True
    else:
        unknown = not set(value) <= known
    if unknown:
        field = "covers.test_types"
        raise BadBatch(f"{field} has to be a list of practical and theory", field=field)
    return tuple(value)  # type: ignore[arg-type]


def _read_day(name: str, value: object) -> date | None:
    if value is None:
        return None
    field = f"covers.{name}"
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise BadBatch(f"{field} is not in the calendar", field=field) from None
    raise BadBatch(f"{field} has to be a date such as 2026-12-01", field=field)
