"""The one way in for slots: files, the API, polled sources, the simulator and staff all call it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from audit.clock import database_now
from slots import concerns
from slots.ingestion import applying, holding, outcomes
from slots.ingestion.applying import Application, Closing
from slots.ingestion.arrivals import place
from slots.ingestion.batches import BadBatch, Batch
from slots.ingestion.lateness import is_late, leave_aside_superseded
from slots.ingestion.locking import lock_slots, lock_source
from slots.ingestion.outcomes import REPEATED, Outcome, Status
from slots.models import FeedBatch, Source

__all__ = ["REPEATED", "Outcome", "ingest", "read_and_ingest", "refuse"]

MOST_AHEAD = timedelta(minutes=5)
# Older than any slot that could still be open.
OLDEST = timedelta(days=366)


class OtherContent(BadBatch):
    """The same source and sequence came before and said something else."""


def ingest(*, source: Source, batch: Batch) -> Outcome:
    """Take in what a source says, whole or not at all; a refused batch is recorded as such.

    Openings that are to be announced, and what staff ought to know, are said by signal once
    the transaction is committed (see `signals.py`).
    """
    try:
        with transaction.atomic():
            return _take_in(lock_source(source), batch)
    except BadBatch as fault:
        outcome = refuse(source=source, reason=fault.reason, batch=batch)
        if isinstance(fault, OtherContent):
            concerns.raise_other_content(source, outcome)
        return outcome


def read_and_ingest(*, source: Source, read: Callable[[], Batch]) -> Outcome:
    """Ingest what `read` answers; when that raises BadBatch, it is refused and recorded."""
    try:
        batch = read()
    except BadBatch as fault:
        return refuse(source=source, reason=fault.reason)
    return ingest(source=source, batch=batch)


def refuse(*, source: Source, reason: str, batch: Batch | None = None) -> Outcome:
    """Record a batch that is refused as a whole; `batch` is None when it could not be read."""
    fields = {"status": Status.REFUSED, "reason": reason}
    if batch:
        return Outcome.of(outcomes.store(source, batch, **fields))
    stored = FeedBatch.objects.create(source=source, **fields)
    stored.refresh_from_db()
    return Outcome.of(stored)


def _take_in(source: Source, batch: Batch) -> Outcome:
    now = database_now()
    _check(source, batch, now)
    first = _same_sequence(source, batch)
    if first:
        return _repeat(first, batch)
    stored = outcomes.store(source, batch, status=Status.APPLIED)
    if not is_late(batch, source=source, now=now):
        return _apply(source, stored, batch, now)
    if batch.complete:
        return outcomes.settle_stale(stored, source)
    return _add_late(source, stored, batch, now)


def _check(source: Source, batch: Batch, now: datetime) -> None:
    if not source.is_active:
        raise BadBatch("the source is switched off")
    if batch.observed_at > now + MOST_AHEAD:
        raise BadBatch("observed_at is more than 5 minutes ahead", field="observed_at")
    if batch.observed_at < now - OLDEST:
        raise BadBatch("observed_at is more than a year ago", field="observed_at")


def _same_sequence(source: Source, batch: Batch) -> FeedBatch | None:
    if batch.sequence is None:
        return None
    known = FeedBatch.objects.filter(source=source, sequence=batch.sequence)
    return known.exclude(status=Status.REFUSED).first()


def _repeat(first: FeedBatch, batch: Batch) -> Outcome:
    if first.digest != batch.digest:
        raise OtherContent(
            f"sequence {batch.sequence} came before with other content", field="sequence"
        )
    reason = f"it came before and was {first.get_status_display()}"
    said = Outcome.of(first)
    return replace(
        said, status=REPEATED, reason=f"{reason}: {said.reason}" if said.reason else reason
    )


def _add_late(source: Source, stored: FeedBatch, batch: Batch, now: datetime) -> Outcome:
    application = _begin(source, stored, batch, now)
    leave_aside_superseded(application)
    if not application.arrival.rows:
        return outcomes.settle_stale(stored, source)
    return _end(application, Closing())


def _apply(source: Source, stored: FeedBatch, batch: Batch, now: datetime) -> Outcome:
    application = _begin(source, stored, batch, now)
    closing = applying.read_closing(application)
    reason = holding.doubt(closing)
    held = holding.confirmed_by(application, closing) if reason else None
    if held:
        holding.apply_held(held, source=source, now=now, reason=f"confirmed by {stored}")
        place(batch, now=now)
        closing = applying.read_closing(application)
        reason = holding.doubt(closing)  # what it would close beyond that
    if reason:
        return holding.hold(application, closing, reason=reason)
    return _end(application, closing)


def _begin(source: Source, stored: FeedBatch, batch: Batch, now: datetime) -> Application:
    application = Application(source, stored, place(batch, now=now))
    outcomes.note_arrival(stored, application.arrival)
    lock_slots()
    return application


def _end(application: Application, closing: Closing) -> Outcome:
    applied = applying.apply(application, closing)
    holding.supersede(application)
    return outcomes.settle(
        application, applied, reason=outcomes.describe(application.arrival, applied)
    )
