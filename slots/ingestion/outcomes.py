"""What became of a batch: stored with it, recorded, and told to those who have to know."""

from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from django.db.models import QuerySet, Value
from django.db.models.functions import Greatest, Now

from audit.trail import Actor, record
from slots.ingestion.applying import Application, Applied
from slots.ingestion.arrivals import Arrival
from slots.ingestion.batches import Batch
from slots.models import FeedBatch, Source
from slots.signals import say_openings_recorded

REPEATED = "repeated"
Status = FeedBatch.Status


class Rejected(NamedTuple):
    """A row that was left out: its line or 1-based position, and why."""

    row: int
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What became of a batch; `batch` is the id under which it is stored.

    `status` is one of FeedBatch.Status, or REPEATED: then the rest is what the first one said.
    """

    batch: int
    status: str
    reason: str | None = None
    opened: int = 0
    closed: int = 0
    unchanged: int = 0
    past: int = 0
    rejected: list[Rejected] = field(default_factory=list)

    @classmethod
    def of(cls, batch: FeedBatch) -> "Outcome":
        """The outcome as it is stored."""
        return cls(
            batch=batch.pk,
            status=batch.status,
            reason=batch.reason,
            opened=batch.opened,
            closed=batch.closed,
            unchanged=batch.unchanged,
            past=batch.past,
            rejected=[Rejected(row["row"], row["reason"]) for row in batch.rejected],
        )

    def as_json(self) -> dict[str, Any]:
        """The fields of an answer, in their order."""
        return asdict(self) | {"rejected": [row._asdict() for row in self.rejected]}


def store(source: Source, batch: Batch, **fields: Any) -> FeedBatch:
    """Write down what a source said."""
    stored = FeedBatch.objects.create(
        source=source,
        sequence=batch.sequence,
        observed_at=batch.observed_at,
        complete=batch.complete,
        covers=batch.covers and batch.covers.as_json(),
        digest=batch.digest,
        **fields,
    )
    stored.refresh_from_db()  # the counts are the database's defaults
    return stored


def note_arrival(stored: FeedBatch, arrival: Arrival) -> None:
    """Put into a stored batch what is known of its rows, whatever becomes of them."""
    stored.past = arrival.past
    stored.known_centers = sorted(arrival.known) if arrival.complete else None
    stored.rejected = [
        {"row": row.position, "reason": row.reason, "center": row.center}
        for row in arrival.rejected
    ]


def settle(
    application: Application, applied: Applied, *, reason: str | None, actor: Actor | None = None
) -> Outcome:
    """Store what an applied batch did, move its source's clocks, and say it once committed."""
    stored = application.batch
    stored.status = Status.BASELINE if applied.is_baseline else Status.APPLIED
    stored.reason = reason
    stored.opened = applied.opened
    stored.closed = applied.closed
    stored.unchanged = applied.unchanged
    stored.save()
    move_clocks(application)
    record_outcome(stored, actor)
    say_openings_recorded(applied.announced)
    return Outcome.of(stored)


def settle_stale(stored: FeedBatch, source: Source) -> Outcome:
    """Store that a batch changed nothing, as its source has said something newer."""
    stored.status = Status.STALE
    stored.reason = (
        f"observed before the newest of this source ({source.newest_observed_at:%c} UTC)"
    )
    stored.save()
    return Outcome.of(stored)


def move_clocks(application: Application) -> None:
    """The source's newest observation, and that it has been heard from."""
    newest = Greatest("newest_observed_at", Value(application.arrival.observed_at))
    _source(application).update(newest_observed_at=newest, heard_at=Now())


def note_heard(application: Application) -> None:
    """A batch that changes nothing, yet says something new, is a sign of life all the same."""
    _source(application).update(heard_at=Now())


def _source(application: Application) -> QuerySet[Source]:
    return Source.objects.filter(pk=application.source.pk)


def record_outcome(stored: FeedBatch, actor: Actor | None) -> None:
    """Write the audit log's entry."""
    record(
        f"batch.{stored.status}",
        actor=actor,
        subject=stored,
        source=stored.source_id,
        opened=stored.opened,
        closed=stored.closed,
        rejected=len(stored.rejected),
    )


def describe(arrival: Arrival, applied: Applied) -> str | None:
    """What a reader of the counts would else wonder at, as one line; None if there is nothing."""
    duplicates = arrival.rows - applied.opened - applied.unchanged
    notes = [
        (duplicates, f"{_count(duplicates, 'duplicate row')} counted once"),
        (arrival.skipped, f"{_count(arrival.skipped, 'row')} at closed centres left aside"),
        (arrival.superseded, f"{_count(arrival.superseded, 'row')} no longer listed since"),
        (applied.withheld, f"{_count(applied.withheld, 'slot')} stayed closed, as staff closed it"),
        (
            len(arrival.unknown_covered),
            f"covers names no known centre: {', '.join(arrival.unknown_covered[:5])}",
        ),
    ]
    return "; ".join(note for count, note in notes if count) or None


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
