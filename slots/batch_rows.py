"""The rows of a batch: each checked by itself, and kept without filling the memory."""

import re
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import IO, NamedTuple

from slots.models import Slot
from slots.querysets import LONDON

# A file with more faults than this is not what whoever sent it thinks it is.
MOST_REJECTED = 10_000
# Every one is looked up and remembered; Great Britain has some 600 centres.
MOST_NAMES = 20_000
LONGEST_NAME = 255
FURTHEST_DAYS = 2 * 366
# A batch of the usual size never touches the disk.
KEPT_IN_MEMORY = 4 * 1024 * 1024

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"\d\d:\d\d(:\d\d)?", re.ASCII)
_TEST_TYPES = frozenset(Slot.TestType.values)


class BadBatch(ValueError):  # noqa: N818 - the agreed name
    """A batch that is refused as a whole; `field` names what is wrong with it, where known."""

    def __init__(self, reason: str, *, field: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field


class BadRow(ValueError):  # noqa: N818 - reads with BadBatch
    """A row that is rejected by itself; str() is the reason."""


class Row(NamedTuple):
    """A slot as a source lists it: `center` as it says, `date` and `time` in ISO form."""

    position: int
    center: str
    test_type: str
    date: str
    time: str


class RejectedRow(NamedTuple):
    """A row that was left out; `center` as the source says, None where it could not be read."""

    position: int
    reason: str
    center: str | None


def quoted(value: object) -> str:
    """A value as a reason may show it: short, and printable whatever a source sent."""
    text = value if isinstance(value, str) else repr(value)[:100]
    return "“" + "".join(sign if sign.isprintable() else "\ufffd" for sign in text[:60]) + "”"


class RowCheck:
    """What a row has to be; `today` is London's, from which the furthest date is counted."""

    def __init__(self, today: date) -> None:
        self.furthest = (today + timedelta(days=FURTHEST_DAYS)).isoformat()

    def read(self, position: int, fields: Mapping[str, object]) -> Row:
        """The row in its normal form; BadRow with the first fault."""
        row = Row(
            position,
            read_center(fields.get("center")),
            _read_test_type(fields.get("test_type")),
            _read_date(fields.get("date")),
            _read_time(fields.get("time")),
        )
        if row.date > self.furthest:
            raise BadRow(f"date {row.date} is more than two years ahead")
        if _clocks_go_forward_on(row.date) and _is_skipped(row.date, row.time):
            raise BadRow(f"{row.time} does not exist on {row.date}: the clocks skip it")
        return row


def read_center(value: object) -> str:
    """A centre's code, name or alias as sent, without outer spaces; BadRow if it can't be one."""
    if not isinstance(value, str):
        raise BadRow("center is missing" if value is None else "center has to be text")
    name = value.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadRow(f"center {quoted(value)} can't be a code or a name")
    return name


def _read_test_type(value: object) -> str:
    if isinstance(value, str) and value in _TEST_TYPES:
        return value
    if value is None:
        raise BadRow("test_type is missing")
    raise BadRow(f"test_type {quoted(value)} is neither practical nor theory")


def _read_date(value: object) -> str:
    if isinstance(value, str):
        return _iso_date(value)
    raise BadRow("date is missing" if value is None else "date has to be text such as 2026-12-01")


def _read_time(value: object) -> str:
    if isinstance(value, str):
        return _iso_time(value)
    raise BadRow("time is missing" if value is None else "time has to be text such as 08:10")


@lru_cache(maxsize=4096)
def _iso_date(text: str) -> str:
    if not _DATE.fullmatch(text):
        raise BadRow(f"date {quoted(text)} is not of the form YYYY-MM-DD")
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadRow(f"date {quoted(text)} is not in the calendar") from None


@lru_cache(maxsize=4096)
def _iso_time(text: str) -> str:
    if not _TIME.fullmatch(text):
        raise BadRow(f"time {quoted(text)} is not of the form HH:MM or HH:MM:SS")
    try:
        return time.fromisoformat(text).isoformat()
    except ValueError:
        raise BadRow(f"time {quoted(text)} is not on the clock") from None


@lru_cache(maxsize=4096)
def _clocks_go_forward_on(day: str) -> bool:
    midnight = datetime.combine(date.fromisoformat(day), time(), LONDON)
    before, after = midnight.utcoffset(), (midnight + timedelta(hours=23)).utcoffset()
    return before is not None and after is not None and before < after


def _is_skipped(day: str, at: str) -> bool:
    """Whether no clock in London ever shows this: then there and back gives another time."""
    local = datetime.fromisoformat(f"{day}T{at}").replace(tzinfo=LONDON)
    back = datetime.fromtimestamp(local.timestamp(), LONDON)
    return back.replace(tzinfo=None) != local.replace(tzinfo=None)


class Rows:
    """Checked rows in the order they came, in a temporary file once they are many.

    Iterating reads them again each time. `digest()` is of what they say in whatever order.
    """

    def __init__(self, check: RowCheck) -> None:
        self.rejected: list[RejectedRow] = []
        self._check = check
        self._names: dict[str, int] = {}
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(KEPT_IN_MEMORY)  # noqa: SIM115
        self._sum = 0

    @property
    def names(self) -> list[str]:
        """Every centre as the rows name it."""
        return list(self._names)

    def add(self, position: int, fields: Mapping[str, object]) -> None:
        """Check a row and keep it, or keep why it is rejected."""
        try:
            row = self._check.read(position, fields)
        except BadRow as fault:
            self.reject(position, str(fault), fields.get("center"))
        else:
            self._keep(row)

    def reject(self, position: int, reason: str, center: object = None) -> None:
        """Leave a row out; BadBatch when there are too many of them."""
        try:
            name = read_center(center)
        except BadRow:
            name = None
        self.rejected.append(RejectedRow(position, reason, name))
        self._count(f"{reason}\t{name}")
        if len(self.rejected) > MOST_REJECTED:
            raise BadBatch(f"more than {MOST_REJECTED:,} rows are wrong; the first: {reason}")

    def digest(self) -> str:
        """The sum of the rows' own digests, in which their order plays no part."""
        return f"{self._sum:064x}"

    def __iter__(self) -> Iterator[Row]:
        names = self.names
        self._file.seek(0)
        for line in self._file:
            position, name, test_type, day, at = line.decode().rstrip("\n").split("\t")
            yield Row(int(position), names[int(name)], test_type, day, at)

    def _keep(self, row: Row) -> None:
        name = self._names.setdefault(row.center, len(self._names))
        if name >= MOST_NAMES:
            raise BadBatch(f"more than {MOST_NAMES:,} different centres are named")
        said = f"{row.test_type}\t{row.date}\t{row.time}"
        self._file.write(f"{row.position}\t{name}\t{said}\n".encode())
        self._count(f"{row.center}\t{said}")

    def _count(self, said: str) -> None:
        digest = sha256(said.encode("utf-8", "surrogatepass")).digest()
        self._sum = (self._sum + int.from_bytes(digest)) % 2**256
