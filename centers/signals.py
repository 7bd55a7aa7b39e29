"""What the apps above may want to hear of; sent once it is committed."""

from django.db import connection, transaction
from django.dispatch import Signal

# Many centres were written in one transaction.
many_centers_written = Signal()

# Until the transaction's end; for triggers of the apps above.
FOLLOW_LATER = "SELECT set_config('centers.followed_later', 'on', true)"


def say_many_centers_written() -> None:
    """Say so before the first is written: triggers of other apps then leave their work for later.

    What follows centres would else hold its locks to the transaction's end. `many_centers_written`
    is sent once it is committed.
    """
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW_LATER)
    transaction.on_commit(lambda: many_centers_written.send_robust(sender=None))
