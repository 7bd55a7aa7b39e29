"""Holding back a complete batch that would close too much, until it is confirmed or decided on.

A feed that breaks looks like one whose slots have all gone. So nothing changes before staff
say so, or the next complete batch agrees.
"""

from datetime import datetime, timedelta
from fractions import Fraction

from django.db import connection
from django.db.models import QuerySet

from audit.trail import Actor
from slots import concerns
from slots.config import HOLD_CLOSE_PERCENT
from slots.ingestion import applying, outcomes
from slots.ingestion.applying import Application, Closing
from slots.ingestion.arrivals import Arrival, index_incoming, make_incoming
from slots.ingestion.batches import Covers
from slots.ingestion.outcomes import Outcome, Status
from slots.models import FeedBatch, HeldSlot, Source

# Below this many a share says little.
FEWEST_CLOSABLE = 20
FEWEST_CENTERS = 10
# On a real feed of 95 centres never more than one fell empty between two looks.
MISSING_SHARE = Fraction(1, 3)
CONFIRMED_AFTER = timedelta(minutes=10)

_KEEP = """
    INSERT INTO slots_heldslot (batch_id, center_id, test_type, date, time)
    SELECT DISTINCT %s::bigint, center_id, test_type, date, time FROM incoming"""
_TAKE_BACK = """
    INSERT INTO incoming
    SELECT center_id, test_type, date, time FROM slots_heldslot
    WHERE batch_id = %s AND (date, time) > (%s::date, %s::time)"""
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
_DIFFERENCE = """
    WITH held AS (
        SELECT center_id, test_type, date, time FROM slots_heldslot
        WHERE batch_id = %s AND (date, time) > (%s::date, %s::time)
    ), listed AS (SELECT DISTINCT center_id, test_type, date, time FROM incoming)
    SELECT
        (SELECT count(*) FROM held), (SELECT count(*) FROM listed),
        2 * (SELECT count(*) FROM held NATURAL FULL JOIN listed)
            - (SELECT count(*) FROM held) - (SELECT count(*) FROM listed)"""
_MOST_DIFFERENT_PERCENT = 5


def doubt(closing: Closing) -> str | None:
    """Why so much would close that the batch has to wait; None when it need not.

    A feed that can't reach some centres lists nothing there, and those need not be the ones
    with the most slots: a third of the centres counts too.
    """
    percent, closing_now = HOLD_CLOSE_PERCENT.value(), len(closing.slots)
    if closing.closable < FEWEST_CLOSABLE:
        return None
    if closing_now * 100 > percent * closing.closable:
        return (
            f"it would close {closing_now} of the {closing.closable} open slots that it may close"
        )
    if closing.centers >= FEWEST_CENTERS and closing.missing >= MISSING_SHARE * closing.centers:
        return f"it lists nothing at {closing.missing} of {closing.centers} centres with open slots"
    return None


def hold(application: Application, *, reason: str) -> Outcome:
    """Keep the batch for later and tell staff; nothing else changes."""
    stored = application.batch
    stored.status = Status.HELD
    stored.known_centers = sorted(application.arrival.known)
    stored.reason = reason
    stored.save()
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [stored.pk])
    _drop_those_that_disagree(application)
    outcomes.note_heard(application)
    outcomes.record_outcome(stored, None)
    concerns.raise_held(stored)
    return Outcome.of(stored)


def confirmed_by(application: Application) -> FeedBatch | None:
    """The held batch that this one confirms: the same but for a few slots, and later."""
    earlier = _held_before(application).first()
    if earlier is None or not _agree(earlier, application):
        return None
    waited = application.arrival.observed_at - (earlier.observed_at or application.arrival.now)
    return earlier if waited >= CONFIRMED_AFTER else None


def apply_held(
    batch: FeedBatch, *, source: Source, now: datetime, reason: str, actor: Actor | None = None
) -> Outcome:
    """Apply a held batch after all; what it closes counts as closed by a mass closing.

    Whoever calls holds the locks on the source and on slots.
    """
    application = take_up(batch, source=source, now=now)
    closing = applying.read_closing(application)
    applied = applying.apply(application, closing, is_mass=True)
    forget_slots(batch)
    return outcomes.settle(application, applied, reason=reason, actor=actor)


def take_up(batch: FeedBatch, *, source: Source, now: datetime) -> Application:
    """A held batch with its rows in `incoming` again, as they have become since."""
    application = Application(source, batch, _arrival_of(batch, now))
    _bring_up_to_date(application)
    return application


def supersede(application: Application) -> None:
    """Drop what was held before an applied batch that speaks for the same."""
    if application.arrival.complete:
        for batch in _held_before(application):
            _drop_for(batch, application.batch)


def forget_slots(batch: FeedBatch) -> None:
    """A batch that is no longer held needs its rows no more."""
    HeldSlot.objects.filter(batch=batch).delete()


def _held_before(application: Application) -> QuerySet[FeedBatch]:
    """Held batches of this source that speak for the same, the oldest first."""
    return (
        FeedBatch.objects.filter(
            source=application.source,
            status=Status.HELD,
            covers=application.batch.covers,
            observed_at__lte=application.arrival.observed_at,
        )
        .exclude(pk=application.batch.pk)
        .order_by("observed_at", "id")
    )


def _drop_those_that_disagree(application: Application) -> None:
    for batch in _held_before(application):
        if not _agree(batch, application):
            _drop_for(batch, application.batch)


def _drop_for(batch: FeedBatch, newer: FeedBatch) -> None:
    batch.status = Status.DROPPED
    batch.reason = f"{batch.reason}; {newer} came after it"
    batch.save(update_fields=["status", "reason"])
    forget_slots(batch)


def _agree(held: FeedBatch, application: Application) -> bool:
    """Whether the rows in `incoming` are some, and differ from a held batch's in few."""
    values = application.arrival.parameters()
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCE, [held.pk, values["today"], values["clock"]])
        before, listed, different = cursor.fetchone()
    return listed > 0 and different * 100 <= before * _MOST_DIFFERENT_PERCENT


def _arrival_of(batch: FeedBatch, now: datetime) -> Arrival:
    """A held batch's rows in `incoming` again."""
    covers = Covers.from_json(batch.covers or {})
    known = set(batch.known_centers or [])
    arrival = Arrival(
        observed_at=batch.observed_at or now,
        now=now,
        complete=True,
        covered=known,
        known=known,
        test_types=list(covers.test_types),
        date_from=covers.date_from,
        date_to=covers.date_to,
    )
    values = arrival.parameters()
    make_incoming()
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_BACK, [batch.pk, values["today"], values["clock"]])
    index_incoming()
    return arrival


def _bring_up_to_date(application: Application) -> None:
    values = application.arrival.parameters()
    with connection.cursor() as cursor:
        cursor.execute(_LIST_SEEN_SINCE, values)
        cursor.execute(_FORGET_CLOSED_SINCE, values)
