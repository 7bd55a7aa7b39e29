"""A batch's rows on their way in: each found its centre, and copied to a temporary table."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection

from slots.ingestion.batch_rows import MOST_REJECTED, BadBatch, RejectedRow
from slots.ingestion.batches import Batch
from slots.ingestion.coverage import Names
from slots.querysets import latest_clock

# Compiling a statement takes longer than any of these runs, and the planner can't know the size
# of a table that it has never seen.
_TABLE = """
    SET LOCAL jit = off;
    DROP TABLE IF EXISTS pg_temp.incoming;
    CREATE TEMPORARY TABLE incoming (
        center_id integer NOT NULL, test_type varchar NOT NULL, date date NOT NULL,
        time time NOT NULL
    ) ON COMMIT DROP"""
_COPY = "COPY incoming (center_id, test_type, date, time) FROM STDIN"
# Of a source whose slots have just been stored for the first time the planner expects next to
# none, and would look through all of `incoming` for each: 20,000 slots took 76 s.
_INDEX = """
    CREATE INDEX ON incoming (center_id, test_type, date, time);
    ANALYZE incoming"""
_CHUNK = 2_000


@dataclass
class Arrival:
    """What a batch says, in ids: its rows are in the table `incoming`, duplicates included.

    `observed_at` is `now` where the source's clock is ahead of ours.
    `known` are the centres that it speaks for; only there may it close. `covered` are those
    that it names as such and that have not closed for good.
    """

    observed_at: datetime
    now: datetime
    complete: bool
    covered: set[int]
    known: set[int]
    test_types: list[str]
    date_from: date | None
    date_to: date | None
    rows: int = 0
    past: int = 0
    skipped: int = 0
    superseded: int = 0
    rejected: list[RejectedRow] = field(default_factory=list)
    unknown_covered: list[str] = field(default_factory=list)

    def parameters(self) -> dict[str, Any]:
        """What the statements that read `incoming` are given."""
        clock = latest_clock(self.now)
        return {
            "observed_at": self.observed_at,
            "complete": self.complete,
            "known": sorted(self.known),
            "test_types": self.test_types,
            "date_from": self.date_from,
            "date_to": self.date_to,
            "today": clock.date(),
            "clock": clock.time(),
        }


def make_incoming() -> None:
    """Make the temporary table `incoming` afresh; it goes with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLE)


def index_incoming() -> None:
    """Tell the planner what `incoming` holds, once its rows are there."""
    with connection.cursor() as cursor:
        cursor.execute(_INDEX)


def place(batch: Batch, *, now: datetime) -> Arrival:
    """Find each row's centre and copy what is good and still to come into `incoming`.

    Raises BadBatch when too little of it is good.
    """
    placing = _Placing(batch, now)
    make_incoming()
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for lines in placing.lines():
            copy.write(lines)
    index_incoming()
    return placing.finish()


class _Placing:
    """One run over the rows of a batch."""

    def __init__(self, batch: Batch, now: datetime) -> None:
        covers = batch.covers if batch.complete else None
        self.batch = batch
        self.names = Names.of(batch)
        covered = covers.centers if covers else ()
        self.arrival = Arrival(
            observed_at=min(batch.observed_at, now),
            now=now,
            complete=batch.complete,
            covered=self.names.open_centers(covered),
            known=set(),
            test_types=sorted(set(covers.test_types)) if covers else [],
            date_from=covers.date_from if covers else None,
            date_to=covers.date_to if covers else None,
            rejected=list(batch.slots.rejected),
            unknown_covered=self.names.unknown(covered),
        )
        self._listed: set[int] = set()
        self._test_types = {test_type.encode() for test_type in self.arrival.test_types}
        first, last = self.arrival.date_from or date.min, self.arrival.date_to or date.max
        self._dates = first.isoformat().encode(), last.isoformat().encode()

    def lines(self) -> Iterator[bytes]:
        """COPY's text of the good rows, some thousand lines at a time."""
        lines: list[bytes] = []
        for line in self._good():
            lines.append(line)
            if len(lines) == _CHUNK:
                yield b"".join(lines)
                lines.clear()
        yield b"".join(lines)

    def _good(self) -> Iterator[bytes]:
        arrival, listed = self.arrival, self._listed
        names = self.batch.slots.names
        found = [self.names.found.get(name) for name in names]
        present = f"{latest_clock(arrival.now):%Y-%m-%d\t%H:%M:%S.%f}".encode()
        for position, name, said in self.batch.slots.lines():
            center = found[name]
            test_type, _, start = said.partition(b"\t")
            if center is None:
                self._reject(position, names[name], self.names.faults[names[name]])
            elif not center.is_active:
                arrival.skipped += 1
            elif start.rstrip() <= present:
                arrival.past += 1
            elif arrival.complete and self._is_outside(center.center_id, test_type, start):
                self._reject(position, names[name], "outside covers")
            else:
                arrival.rows += 1
                listed.add(center.center_id)
                yield b"%d\t%b" % (center.center_id, said)

    def finish(self) -> Arrival:
        """What is known once all rows are seen."""
        self.arrival.known = self._known()
        self.arrival.rejected.sort()
        return self.arrival

    def _reject(self, position: bytes, name: str, reason: str) -> None:
        self.arrival.rejected.append(RejectedRow(int(position), reason, name))
        if len(self.arrival.rejected) > MOST_REJECTED:
            raise BadBatch(f"more than {MOST_REJECTED:,} rows are wrong; one of them: {reason}")

    def _is_outside(self, center: int, test_type: bytes, start: bytes) -> bool:
        """Whether a slot lies outside what the batch covers; dates compare as their text."""
        first, last = self._dates
        return (
            center not in self.arrival.covered
            or test_type not in self._test_types
            or not first <= start[:10] <= last
        )

    def _known(self) -> set[int]:
        """The covered centres that no rejected row may belong to.

        A row whose centre can't be told may belong to any centre of which no row was good.
        """
        rejected, found = self.arrival.rejected, self.names.found
        named = {found[row.center].center_id for row in rejected if row.center in found}
        told = {*found, *(self.batch.covers.centers if self.batch.covers else ())}
        if any(row.center not in told for row in rejected):
            return (self.arrival.covered & self._listed) - named
        return self.arrival.covered - named
