"""Holding back a complete batch that would close too much, until it is confirmed or decided on.

A feed that breaks looks like one whose slots have all gone. So nothing changes before staff
say so, or the next complete batch would close nearly all the same.
"""

from datetime import datetime, timedelta
from fractions import Fraction

from django.db import connection

from audit.trail import Actor
from slots import concerns
from slots.config import HOLD_CLOSE_PERCENT
from slots.ingestion import applying, outcomes
from slots.ingestion.applying import Application, Closing
from slots.ingestion.arrivals import Arrival, index_incoming, make_incoming
from slots.ingestion.batches import Covers
from slots.ingestion.outcomes import Outcome, Status
from slots.models import FeedBatch, HeldSlot, Source

# Below this many a share says little; of a few, that all go at once says enough.
FEWEST_CLOSABLE = 20
FEWEST_OF_ALL = 5
FEWEST_CENTERS = 10
# On a real feed of 95 centres never more than one fell empty between two looks.
MISSING_SHARE = Fraction(1, 3)
CONFIRMED_AFTER = timedelta(minutes=10)
# On a real feed one honest batch in eight lists more than a twentieth otherwise than the last.
CONFIRMED_SHARE = Fraction(9, 10)

_KEEP = """
    INSERT INTO slots_heldslot (batch_id, center_id, test_type, date, time)
    SELECT DISTINCT %s::bigint, center_id, test_type, date, time FROM incoming"""
_TAKE_BACK = """
    INSERT INTO incoming
    SELECT center_id, test_type, date, time FROM slots_heldslot
    WHERE batch_id = %(batch)s AND (date, time) > (%(today)s::date, %(clock)s::time)"""
# What was seen since a held batch was observed stays open, and what closed since stays closed.
_LIST_SEEN_SINCE = f"""
    INSERT INTO incoming
    SELECT center_id, test_type, date, time FROM drivingtestslots AS slot
    WHERE slot.available AND slot.last_seen_at > %(observed_at)s AND {applying.COVERED}"""  # noqa: S608
_FORGET_CLOSED_SINCE = """
    DELETE FROM incoming USING drivingtestslots AS slot, slots_slotopening AS opening
    WHERE incoming.center_id = slot.center_id AND incoming.test_type = slot.test_type
        AND incoming.date = slot.date AND incoming.time = slot.time
        AND NOT slot.available AND opening.slot_id = slot.slot_id
        AND opening.closed_at > %(observed_at)s"""
# As read_closing says once it is taken up, but beside the rows of another batch.
_WOULD_CLOSE = f"""
    SELECT slot_id FROM drivingtestslots AS slot
    WHERE slot.available AND {applying.COVERED} AND {applying.MINE}
        AND COALESCE(slot.last_seen_at <= %(observed_at)s, true)
        AND NOT EXISTS (
            SELECT FROM slots_heldslot AS held
            WHERE held.batch_id = %(batch)s
                AND held.center_id = slot.center_id AND held.test_type = slot.test_type
                AND held.date = slot.date AND held.time = slot.time
        )"""  # noqa: S608


def doubt(closing: Closing) -> str | None:
    """Why so much would close that the batch has to wait; None when it need not.

    A feed that can't reach some centres lists nothing there, and those need not be the ones
    with the most slots: a third of the centres counts too.
    """
    closes, closable = len(closing.slots), closing.closable
    is_all = closes == closable >= FEWEST_OF_ALL
    is_most = closes * 100 > HOLD_CLOSE_PERCENT.value() * closable
    if is_all or (is_most and closable >= FEWEST_CLOSABLE):
        return f"it would close {closes} of the {closable} open slots that it may close"
    if closing.centers >= FEWEST_CENTERS and closing.missing >= MISSING_SHARE * closing.centers:
        return f"it lists nothing at {closing.missing} of {closing.centers} centres with open slots"
    return None


def hold(application: Application, closing: Closing, *, reason: str) -> Outcome:
    """Keep the batch for later and tell staff; nothing else changes."""
    stored = application.batch
    stored.status = Status.HELD
    stored.reason = reason
    stored.save()
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [stored.pk])
    _drop_those_that_disagree(application, closing)
    outcomes.note_heard(application)
    outcomes.record_outcome(stored, None)
    concerns.raise_held(stored)
    return Outcome.of(stored)


def confirmed_by(application: Application, closing: Closing) -> FeedBatch | None:
    """The held batch that this one confirms: it would close nearly all the same, and is later."""
    earlier = next(iter(_held_before(application)), None)
    if earlier is None or not _agree(earlier, application, closing):
        return None
    waited = application.arrival.observed_at - earlier.counted_at
    return earlier if waited >= CONFIRMED_AFTER else None


def apply_held(
    batch: FeedBatch, *, source: Source, now: datetime, reason: str, actor: Actor | None = None
) -> Outcome:
    """Apply a held batch after all; what it closes counts as closed by a mass closing.

    The caller holds the locks on the source and on slots.
    """
    application = take_up(batch, source=source, now=now)
    closing = applying.read_closing(application)
    applied = applying.apply(application, closing, is_mass=True)
    forget_slots(batch)
    return outcomes.settle(application, applied, reason=reason, actor=actor)


def take_up(batch: FeedBatch, *, source: Source, now: datetime) -> Application:
    """A held batch with its rows in `incoming` again, as they have become since."""
    application = Application(source, batch, _arrival_of(batch, now))
    _list_what_it_lists(application)
    return application


def supersede(application: Application) -> None:
    """Drop what was held before an applied batch that speaks for the same."""
    if application.arrival.complete:
        for batch in _held_before(application):
            _drop_for(batch, application.batch)


def forget_slots(batch: FeedBatch) -> None:
    """A batch that is no longer held needs its rows no more."""
    HeldSlot.objects.filter(batch=batch).delete()


def _held_before(application: Application) -> list[FeedBatch]:
    """Held batches of this source that speak for the same, the oldest first."""
    held = FeedBatch.objects.filter(
        source=application.source, status=Status.HELD, covers=application.batch.covers
    ).exclude(pk=application.batch.pk)
    earlier = [each for each in held if each.counted_at <= application.arrival.observed_at]
    return sorted(earlier, key=lambda each: (each.counted_at, each.pk))


def _drop_those_that_disagree(application: Application, closing: Closing) -> None:
    for batch in _held_before(application):
        if not _agree(batch, application, closing):
            _drop_for(batch, application.batch)


def _drop_for(batch: FeedBatch, newer: FeedBatch) -> None:
    batch.status = Status.DROPPED
    batch.reason = f"{batch.reason}; {newer} came after it"
    batch.save(update_fields=["status", "reason"])
    forget_slots(batch)


def _agree(held: FeedBatch, application: Application, closing: Closing) -> bool:
    """Whether a later batch would close nearly all that a held one would.

    An empty one looks like a broken feed however often it comes, unless it may close few.
    """
    if not application.arrival.rows and closing.closable >= FEWEST_CLOSABLE:
        return False
    would_close = _would_close(held, application)
    both = would_close.intersection(closing.slots)
    return bool(would_close) and len(both) >= CONFIRMED_SHARE * len(would_close)


def _would_close(held: FeedBatch, application: Application) -> set[int]:
    """The slots that a held batch would close by now."""
    arrival = _arrival_of(held, application.arrival.now)
    values = Application(application.source, held, arrival).parameters()
    with connection.cursor() as cursor:
        cursor.execute(_WOULD_CLOSE, values)
        return {slot for (slot,) in cursor.fetchall()}


def _arrival_of(batch: FeedBatch, now: datetime) -> Arrival:
    """What a held batch says, but for its rows."""
    covers = Covers.from_json(batch.covers or {})
    known = set(batch.known_centers or [])
    return Arrival(
        observed_at=batch.counted_at,
        now=now,
        complete=True,
        covered=known,
        known=known,
        test_types=list(covers.test_types),
        date_from=covers.date_from,
        date_to=covers.date_to,
    )


def _list_what_it_lists(application: Application) -> None:
    """A held batch's rows in `incoming` again, as they have become since."""
    values = application.parameters()
    make_incoming()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_BACK, values)
        index_incoming()
        cursor.execute(_LIST_SEEN_SINCE, values)
        cursor.execute(_FORGET_CLOSED_SINCE, values)
