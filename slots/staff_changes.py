"""What staff do by hand: open and close slots, decide on held batches."""

from datetime import date, time

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from audit.trail import record
from centers.models import Center
from slots import holding
from slots.batches import make_batch
from slots.ingest import ingest
from slots.locking import database_now, lock_slots, lock_source
from slots.models import FeedBatch, Slot, SlotOpening, Source
from slots.outcomes import Outcome, Status, record_outcome


class CannotOpenError(ValueError):
    """The slot has passed, or its centre has closed; str() is the reason."""


class NotHeldError(ValueError):
    """The batch is not held, or no longer."""


@transaction.atomic
def open_slot(
    *, center: Center, test_type: str, date: date, time: time, actor: User | None
) -> SlotOpening:
    """Open a slot (Europe/London wall-clock) on staff's word; only staff close it then.

    One that is open already becomes staff's. Raises CannotOpenError.
    """
    staff = lock_source(Source.objects.get_or_create(name=Source.STAFF)[0])
    row = {"test_type": test_type, "date": date.isoformat(), "time": time.isoformat()}
    named = center.code or center.name
    batch = make_batch(observed_at=database_now(), slots=[row | {"center": named}])
    outcome = ingest(source=staff, batch=batch)
    opening = SlotOpening.objects.filter(
        slot__center=center, slot__test_type=test_type, slot__date=date, slot__time=time,
        closed_at=None,
    ).first()  # fmt: skip
    if opening is None:
        faults = [rejected.reason for rejected in outcome.rejected]
        raise CannotOpenError(faults[0] if faults else outcome.reason or "it has passed already")
    record("slot.opened", actor=actor, subject=opening.slot)
    return opening


@transaction.atomic
def close_slot(*, slot: Slot, actor: User | None) -> None:
    """Close a slot on staff's word, whoever opened it.

    Sources that go on listing it don't open it again.
    """
    lock_slots()
    Slot.objects.filter(pk=slot.pk).update(available=False, withheld_at=Now(), updated_at=Now())
    SlotOpening.objects.filter(slot=slot, closed_at=None).update(
        closed_at=Now(), close_reason=SlotOpening.CloseReason.STAFF
    )
    slot.refresh_from_db()
    record("slot.closed", actor=actor, subject=slot)


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
