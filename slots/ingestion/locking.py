"""One writer of slots at a time."""

from django.db import connection

from slots.models import Source

# Sources share slots, so their batches would else cross each other; a batch takes well under
# a second. Any constant will do that nothing else of ours locks by.
_SLOTS = 0x510751


def lock_source(source: Source) -> Source:
    """The source as it is now, its row kept from other batches until the transaction ends."""
    return Source.objects.select_for_update(no_key=True).get(pk=source.pk)


def lock_slots() -> None:
    """Wait until no other transaction writes slots, and keep others out until this one ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SLOTS])
