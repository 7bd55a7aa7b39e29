"""How long openings, batches and slots that have passed are kept."""

from audit.retention import OldRows
from slots import config

OPENINGS = OldRows(
    name="openings",
    days=config.KEEP_OPENINGS,
    table="slots_slotopening",
    key="id",
    born="recorded_at",
    due="closed_at < %(cutoff)s",
)
SLOTS = OldRows(
    name="slots",
    days=config.KEEP_CLOSED_SLOTS,
    table="drivingtestslots",
    key="slot_id",
    born="created_at",
    due="NOT available AND date < (%(cutoff)s AT TIME ZONE 'Europe/London')::date"
    " AND NOT EXISTS (SELECT FROM slots_slotopening WHERE slot_id = kept.slot_id)",
)
# A source's newest batch says what it said last, however long ago; a held one waits for staff.
BATCHES = OldRows(
    name="batches",
    days=config.KEEP_BATCHES,
    table="slots_feedbatch",
    key="id",
    born="recorded_at",
    due="status <> 'held' AND recorded_at < %(cutoff)s AND EXISTS ("
    "SELECT FROM slots_feedbatch later WHERE later.source_id = kept.source_id"
    " AND later.id > kept.id)",
    before=(
        "UPDATE slots_slotopening SET batch_id = NULL WHERE batch_id = ANY(%(ids)s)",
        "UPDATE slots_sourcebaseline SET batch_id = NULL WHERE batch_id = ANY(%(ids)s)",
        "DELETE FROM slots_heldslot WHERE batch_id = ANY(%(ids)s)",
    ),
)
