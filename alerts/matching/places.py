"""When a learner's turn was to come in the draw of an opening that they were not told of."""

from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from accounts.models import User
from alerts.criteria.terms import Terms
from alerts.matching import match_sql
from alerts.matching.match import VALUES
from alerts.matching.waves import wave_of
from alerts.models import Wave
from slots.models import SlotOpening


@dataclass(frozen=True)
class Place:
    """The `number`, counted from 1, of so many in the draw; `alerts` are the learner's of 7 days.

    `last` is the last wave that was told.
    """

    opening: SlotOpening
    last: Wave
    number: int
    of: int
    alerts: int

    @property
    def wave(self) -> str:
        """Which wave it is, by the present settings: "wave 3 of 5"."""
        return f"wave {wave_of(self.number)} of {wave_of(self.of)}"

    @property
    def why(self) -> str:
        """Why they were not told, or not yet, after "There is no alert"."""
        if self.opening.closed_at is None and self.opening.next_wave_at:
            return f" yet: their turn is to come ({self.wave})"
        return f": the slot was gone before their turn ({self.wave})"

    @property
    def drawn(self) -> str:
        """The draw in figures, so that it can be done again."""
        last = self.last
        return (
            f"Place {self.number:,} of {self.of:,}, with {self.alerts} alerts in the 7 days "
            f"before. By wave {last.number}, {last.told_so_far:,} had been told, the last with "
            f"{last.last_alerts} alerts and the lot {last.last_lot}. The seed is "
            f"{self.opening.seed}."
        )


def place_of(user: User, opening: SlotOpening) -> Place | None:
    """Draw again, with the searches as they are now; None for who isn't in it."""
    last = opening.waves.order_by("-number").first()
    if last is None or opening.matched_at is None:
        return None
    day = timezone.localdate(opening.matched_at)
    values = VALUES | {
        "opening": opening.pk, "now": opening.matched_at, "told_at": opening.matched_at,
        "telling": False, "seed": str(opening.seed), "user": user.pk,
    } | Terms.read().values(days=[day], dates=[opening.slot.date])  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(match_sql.PLACE, values)
        row = cursor.fetchone()
    return Place(opening, last, *row) if row else None
