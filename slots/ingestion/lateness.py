"""A batch observed before its source's newest: only what an incomplete one adds still counts."""

from datetime import datetime

from django.db import connection

from slots.ingestion.applying import IN_FULL, Application
from slots.ingestion.batches import Batch
from slots.models import Source

# Batches of before `known_centers` was kept may have spoken for any centre. What is open again
# stays: to see it once more changes nothing.
_LEAVE_ASIDE = f"""
    DELETE FROM incoming AS asked
    WHERE NOT EXISTS (
        SELECT FROM drivingtestslots AS slot
        WHERE slot.available
            AND asked.center_id = slot.center_id AND asked.test_type = slot.test_type
            AND asked.date = slot.date AND asked.time = slot.time
    ) AND EXISTS (
        SELECT FROM slots_feedbatch AS said
        WHERE said.source_id = %(source)s AND {IN_FULL}
            AND LEAST(said.observed_at, said.recorded_at) > %(observed_at)s
            AND (said.known_centers IS NULL OR asked.center_id = ANY(said.known_centers))
            AND asked.date >= COALESCE((said.covers ->> 'date_from')::date, asked.date)
            AND asked.date <= COALESCE((said.covers ->> 'date_to')::date, asked.date)
    )"""  # noqa: S608 - all ours


def is_late(batch: Batch, *, source: Source, now: datetime) -> bool:
    """Whether the source has said something newer that counts; a clock ahead counts as `now`."""
    newest = source.newest_observed_at
    return newest is not None and batch.observed_at < min(newest, now)


def leave_aside_superseded(application: Application) -> None:
    """Take out of `incoming` what a later complete batch covered and did not list."""
    arrival = application.arrival
    with connection.cursor() as cursor:
        cursor.execute(_LEAVE_ASIDE, application.parameters())
        arrival.superseded = cursor.rowcount
    arrival.rows -= arrival.superseded
