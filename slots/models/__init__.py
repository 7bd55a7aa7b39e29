"""Sources, their batches, and the slots and openings that follow from them."""

from slots.models.changes import ListingChange
from slots.models.coverage import CoveredWeek
from slots.models.slots import Slot, SlotOpening
from slots.models.sources import FeedBatch, HeldSlot, Source, SourceBaseline, SourceToken
from slots.models.waits import CenterWait

__all__ = [
    "CenterWait",
    "CoveredWeek",
    "FeedBatch",
    "HeldSlot",
    "ListingChange",
    "Slot",
    "SlotOpening",
    "Source",
    "SourceBaseline",
    "SourceToken",
]
