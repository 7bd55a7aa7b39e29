"""Reach made anew, for when its triggers were off (a load under `session_replication_role`)."""

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True)
class Rebuilt:
    """How many rows of Reach were there in excess, and how many were missing or had wrong miles."""

    removed: int
    written: int


def rebuild_reach() -> Rebuilt:
    """Make Reach what the tables say; nobody writes a search or a centre meanwhile.

    Raises django.db.NotSupportedError in a transaction whose isolation is not READ COMMITTED.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT removed, written FROM reach_rebuild()")
        removed, written = cursor.fetchone()
    return Rebuilt(removed=removed, written=written)
