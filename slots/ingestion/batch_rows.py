"""The rows of a batch: each checked by itself, and kept without filling the memory."""

import re
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache, partial
from hashlib import sha256
from typing import IO, NamedTuple

from audit.text import printable
from slots.models import Slot
from slots.querysets import LONDON

# A file with more faults than this is not what its sender thinks it is.
MOST_REJECTED = 10_000
# Every one is looked up and remembered; Great Britain has some 600 centres.
MOST_NAMES = 20_000
LONGEST_NAME = 255
FURTHEST_DAYS = 2 * 366
# A batch of the usual size never touches the disk.
KEPT_IN_MEMORY = 2 * 1024 * 1024

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIME = re.compile(r"\d\d:\d\d(:\d\d)?", re.ASCII)
_TEST_TYPES = frozenset(Slot.TestType.values)


class BadBatch(ValueError):
    """A batch that is refused as a whole; `field` names what is wrong with it, where known."""

    def __init__(self, reason: str, *, field: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field


class BadRow(ValueError):
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
    return f"“{printable(text)}”"


class RowCheck:
    """What a row has to be; `today` is London's, from which the furthest date is counted."""

    def __init__(self, today: date) -> None:
        furthest = (today + timedelta(days=FURTHEST_DAYS)).isoformat()
        # A batch says few different things of many centres.
        self._read = lru_cache(maxsize=16 * 1024)(partial(_read_slot, furthest))

    def read(self, test_type: object, day: object, at: object) -> str:
        """The slot in its normal form, tabs between the three; BadRow with the first fault."""
        try:
            return self._read(test_type, day, at)
        except TypeError:  # a list or an object, which no cache can hold
            raise BadRow("a field holds a list or an object") from None


def _read_slot(furthest: str, test_type: object, day: object, at: object) -> str:
    kind, day, at = _read_test_type(test_type), _read_date(day), _read_time(at)
    if day > furthest:
        raise BadRow(f"date {day} is more than two years ahead")
    if _clocks_go_forward_on(day) and _is_skipped(day, at):
        raise BadRow(f"{at} does not exist on {day}: the clocks skip it")
    return f"{kind}\t{day}\t{at}"


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
        center = fields.get("center")
        try:
            name = self._name(center)
            said = self._check.read(fields.get("test_type"), fields.get("date"), fields.get("time"))
        except BadRow as fault:
            self.reject(position, str(fault), center)
        else:
            self._file.write(f"{position}\t{name}\t{said}\n".encode())
            self._count(f"{center}\t{said}")

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

    def lines(self) -> Iterator[tuple[bytes, int, bytes]]:
        """Each row's position, its centre's place in `names`, and what it says of the slot:
        test type, date and time with tabs between and a line's end."""
        self._file.seek(0)
        for line in self._file:
            position, name, said = line.split(b"\t", 2)
            yield position, int(name), said

    def __iter__(self) -> Iterator[Row]:
        names = self.names
        for position, name, said in self.lines():
            yield Row(int(position), names[name], *said.decode().split())

    def _name(self, center: object) -> int:
        """A centre's place in `names`; BadRow if it can't be one."""
        known = self._names.get(center) if isinstance(center, str) else None
        if known is not None:
            return known
        name = read_center(center)
        if len(self._names) >= MOST_NAMES:
            raise BadBatch(f"more than {MOST_NAMES:,} different centres are named")
        return self._names.setdefault(name, len(self._names))

    def _count(self, said: str) -> None:
        digest = sha256(said.encode("utf-8", "surrogatepass")).digest()
        self._sum = (self._sum + int.from_bytes(digest)) % 2**256
