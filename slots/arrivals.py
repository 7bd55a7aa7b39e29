"""A batch's rows on their way in: each found its centre, and copied to a temporary table."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection

from slots.batch_rows import MOST_REJECTED, BadBatch, RejectedRow, Row
from slots.batches import Batch
from slots.coverage import Names
from slots.querysets import LONDON

_TABLE = """
    DROP TABLE IF EXISTS pg_temp.incoming;
    CREATE TEMPORARY TABLE incoming (
        center_id integer NOT NULL, test_type varchar NOT NULL, date date NOT NULL,
        time time NOT NULL
    ) ON COMMIT DROP"""
_COPY = "COPY incoming (center_id, test_type, date, time) FROM STDIN"
_CHUNK = 2_000


@dataclass
class Arrival:
    """What a batch says, in ids: its rows are in the table `incoming`, duplicates included.

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
    rejected: list[RejectedRow] = field(default_factory=list)
    unknown_covered: list[str] = field(default_factory=list)

    def parameters(self) -> dict[str, Any]:
        """What the statements that read `incoming` are given."""
        local = self.now.astimezone(LONDON)
        return {
            "observed_at": self.observed_at,
            "complete": self.complete,
            "known": sorted(self.known),
            "test_types": self.test_types,
            "date_from": self.date_from,
            "date_to": self.date_to,
            "today": local.date(),
            "clock": local.time(),
        }


def make_incoming() -> None:
    """Make the temporary table `incoming` anew; it goes with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLE)


def place(batch: Batch, *, now: datetime) -> Arrival:
    """Find each row's centre and copy what is good and still to come into `incoming`.

    Raises BadBatch when too little of it is good.
    """
    placing = _Placing(batch, now)
    make_incoming()
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for lines in placing.lines():
            copy.write(lines)
    return placing.finish()


class _Placing:
    """One run over the rows of a batch."""

    def __init__(self, batch: Batch, now: datetime) -> None:
        covers = batch.covers if batch.complete else None
        self.batch = batch
        self.names = Names.of(batch)
        covered = covers.centers if covers else ()
        self.arrival = Arrival(
            observed_at=batch.observed_at,
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

    def lines(self) -> Iterator[str]:
        """COPY's text of the good rows, some thousand lines at a time."""
        arrival, found, listed = self.arrival, self.names.found, self._listed
        local = arrival.now.astimezone(LONDON)
        present = (local.date().isoformat(), local.time().isoformat())
        lines: list[str] = []
        for row in self.batch.slots:
            center = found.get(row.center)
            if center is None:
                self._reject(row, self.names.faults[row.center])
            elif not center.is_active:
                arrival.skipped += 1
            elif (row.date, row.time) <= present:
                arrival.past += 1
            elif arrival.complete and self._outside(row, center.center_id):
                self._reject(row, "outside covers")
            else:
                listed.add(center.center_id)
                lines.append(f"{center.center_id}\t{row.test_type}\t{row.date}\t{row.time}\n")
            if len(lines) >= _CHUNK:
                arrival.rows += len(lines)
                yield "".join(lines)
                lines.clear()
        arrival.rows += len(lines)
        yield "".join(lines)

    def finish(self) -> Arrival:
        """What is known once all rows are seen."""
        self.arrival.known = self._known()
        self.arrival.rejected.sort()
        return self.arrival

    def _reject(self, row: Row, reason: str) -> None:
        self.arrival.rejected.append(RejectedRow(row.position, reason, row.center))
        if len(self.arrival.rejected) > MOST_REJECTED:
            raise BadBatch(f"more than {MOST_REJECTED:,} rows are wrong; one of them: {reason}")

    def _outside(self, row: Row, center: int) -> bool:
        arrival = self.arrival
        return (
            center not in arrival.covered
            or row.test_type not in arrival.test_types
            or bool(arrival.date_from and row.date < arrival.date_from.isoformat())
            or bool(arrival.date_to and row.date > arrival.date_to.isoformat())
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
