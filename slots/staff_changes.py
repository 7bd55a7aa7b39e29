"""What staff do by hand: open and close slots, decide on held batches."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, time

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from audit.clock import database_now
from audit.trail import record
from centers.models import Center
from slots.ingestion import holding
from slots.ingestion.batches import make_batch
from slots.ingestion.ingest import ingest
from slots.ingestion.locking import lock_slots, lock_source
from slots.ingestion.outcomes import Outcome, Status, record_outcome
from slots.models import FeedBatch, Slot, SlotOpening, Source


class NotHeldError(ValueError):
    """The batch is not held, or no longer."""


@dataclass(frozen=True)
class Wanted:
    """A slot that staff would open; `date` and `time` are Europe/London wall-clock."""

    center: Center
    test_type: str
    date: date
    time: time

    def __str__(self) -> str:
        return f"{self.center}, {self.date:%-d %B %Y} at {self.time:%H:%M}"

    @classmethod
    def like(cls, slot: Slot) -> "Wanted":
        """The same slot once more."""
        return cls(slot.center, slot.test_type, slot.date, slot.time)

    def as_row(self) -> dict[str, str]:
        """As a batch lists it."""
        return {
            "center": self.center.code or self.center.name,
            "test_type": self.test_type,
            "date": self.date.isoformat(),
            "time": self.time.isoformat(),
        }

    def opening(self) -> SlotOpening | None:
        """The opening that it has now, if it is open."""
        return SlotOpening.objects.filter(
            slot__center=self.center, slot__test_type=self.test_type, slot__date=self.date,
            slot__time=self.time, closed_at=None,
        ).first()  # fmt: skip


@dataclass
class Opened:
    """The openings of those that are open now, and why the others are not."""

    openings: list[SlotOpening] = field(default_factory=list)
    faults: list[tuple[Wanted, str]] = field(default_factory=list)


@transaction.atomic
def open_slots(*, wanted: Sequence[Wanted], actor: User | None) -> Opened:
    """Open slots on staff's word, as one batch, which alerts as any does; only staff close them.

    One that is open already becomes staff's.
    """
    staff = lock_source(Source.objects.get_or_create(name=Source.STAFF)[0])
    rows = [each.as_row() for each in wanted]
    outcome = ingest(source=staff, batch=make_batch(observed_at=database_now(), slots=rows))
    reasons = {rejected.row: rejected.reason for rejected in outcome.rejected}
    opened = Opened()
    for row, each in enumerate(wanted, 1):
        opening = each.opening()
        if opening:
            opened.openings.append(opening)
            record("slot.opened", actor=actor, subject=opening.slot)
        else:
            reason = reasons.get(row) or outcome.reason or "it has passed already"
            opened.faults.append((each, reason))
    return opened


@transaction.atomic
def close_slots(*, slots: Iterable[Slot], actor: User | None) -> int:
    """Close slots on staff's word, no matter which source opened them.

    Returns the number of those that were open. Sources that go on listing them do not reopen them.
    """
    lock_slots()
    chosen = Slot.objects.filter(pk__in=[slot.pk for slot in slots])
    chosen.update(available=False, withheld_at=Now(), updated_at=Now())
    closed = SlotOpening.objects.filter(slot__in=chosen, closed_at=None).update(
        closed_at=Now(), close_reason=SlotOpening.CloseReason.STAFF
    )
    for slot in chosen:
        record("slot.closed", actor=actor, subject=slot)
    return closed


@transaction.atomic
def release_batch(*, batch: FeedBatch, actor: User | None) -> Outcome:
    """Apply a held batch, as of when it was observed. Raises NotHeldError."""
    source = lock_source(batch.source)
    held = _held(batch)
    lock_slots()
    held.decided_by = actor
    return holding.apply_held(
        held, source=source, now=database_now(), reason="released by staff", actor=actor
    )


@transaction.atomic
def drop_batch(*, batch: FeedBatch, actor: User | None) -> None:
    """Discard a held batch; nothing of it is applied. Raises NotHeldError."""
    lock_source(batch.source)
    held = _held(batch)
    held.status = Status.DROPPED
    held.decided_by = actor
    held.save(update_fields=["status", "decided_by"])
    holding.forget_slots(held)
    record_outcome(held, actor)


def _held(batch: FeedBatch) -> FeedBatch:
    held = FeedBatch.objects.filter(pk=batch.pk, status=Status.HELD).first()
    if held is None:
        raise NotHeldError(f"{batch} is not held")
    return held
