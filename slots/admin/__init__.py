"""Sources, batches, slots and openings in admin."""

from slots.admin.batches import FeedBatchAdmin
from slots.admin.slots import SlotAdmin, SlotOpeningAdmin
from slots.admin.sources import SourceAdmin
from slots.admin.tokens import SourceTokenAdmin

__all__ = ["FeedBatchAdmin", "SlotAdmin", "SlotOpeningAdmin", "SourceAdmin", "SourceTokenAdmin"]
