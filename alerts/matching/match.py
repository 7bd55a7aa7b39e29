"""Which learners an opening is told to, and the alerts that follow."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.prepared import fetch_prepared
from alerts import config
from alerts.criteria.terms import Terms
from alerts.matching import match_sql
from alerts.matching.waves import RULE, Turn
from alerts.models import UnsentReason, UserAlert, Wave
from audit.trail import record
from slots.models import SlotOpening

logger = logging.getLogger(__name__)

# Few in a transaction: the first alerts of a large batch are on their way before the last are
# written.
CHUNK = 25
# A learner or a search may be erased between being read and being referred to; then once more.
TRIES = 3
VALUES: dict[str, Any] = {
    "waiting": UserAlert.State.WAITING,
    "expired": UserAlert.State.EXPIRED,
    "suppressed": UserAlert.State.SUPPRESSED,
    "told_at_most": 3,
    "told_enough": UnsentReason.TOLD_ENOUGH,
    "telling": True,
}


@dataclass(frozen=True)
class Matched:
    """How many openings were matched, and later waves of some told; how many alerts were written,
    and expired alerts made due again."""

    openings: int = 0
    waves: int = 0
    alerts: int = 0
    revived: int = 0

    def __add__(self, other: "Matched") -> "Matched":
        names = [field.name for field in fields(self)]
        return Matched(**{name: getattr(self, name) + getattr(other, name) for name in names})


class Claimed(NamedTuple):
    """An opening that this transaction tells, `wave` counted from 1; times are aware."""

    id: int
    now: datetime
    drawn_at: datetime
    wave: int
    seed: UUID
    slot_date: date
    is_reach_pending: bool


class Drawn(NamedTuple):
    """What a wave's statement did: alerts written, learners told of those who waited, and the last
    of them."""

    written: int
    told: int
    waiting: int
    last_alerts: int | None
    last_lot: str | None


def match_openings(*, now: datetime | None = None) -> Matched:
    """Write the alerts of every unmatched opening, and of every wave whose turn has come.

    Where more learners fit than `alerts.wave_first`, those of the first wave (`waves`) get one,
    and the opening says when the next are told. A learner whom we have told of a slot 3 times in
    the last 24 hours gets the alert as `suppressed`, so that their history says why. The clock
    is the database's; tests give `now` (aware). Openings are told CHUNK to a transaction; any
    number of processes may match, one after another. Raises django.db.IntegrityError when rows
    that were read are gone before they are referred to, TRIES times in a row.
    """
    return sum(match_in_chunks(now=now), start=Matched())


def match_in_chunks(*, now: datetime | None = None) -> Iterator[Matched]:
    """Do what `match_openings` does, and answer chunk by chunk, for who shows progress."""
    yield Matched(revived=_revive(now))
    while (chunk := _match_chunk(now)) != Matched():
        yield chunk


def _revive(now: datetime | None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(match_sql.REVIVE_ALERTS, {"now": now, **VALUES})
        return cursor.rowcount


def _match_chunk(now: datetime | None) -> Matched:
    for _ in range(TRIES - 1):
        try:
            return _match_once(now)
        except IntegrityError as reason:
            logger.warning("matching starts over: %s", reason)
    return _match_once(now)


@transaction.atomic
def _match_once(now: datetime | None) -> Matched:
    matched = Matched()
    terms: Terms | None = None
    with connection.cursor() as cursor:
        cursor.execute(match_sql.PLANNING)
        cursor.execute(match_sql.TAKE_TURNS)
    for _ in range(CHUNK):
        claimed = _claim(now)
        if claimed is None:
            break
        # Most rounds find nothing, and need no rules.
        terms = terms or Terms.read()
        alerts = _tell(claimed, terms)
        matched += Matched(claimed.wave == 1, claimed.wave > 1, alerts)
    return matched


def _claim(now: datetime | None) -> Claimed | None:
    """Take an opening that is new, or whose next wave is due; None where there is neither."""
    for statement in (match_sql.CLAIM_UNMATCHED, match_sql.CLAIM_DUE_WAVE):
        for row in fetch_prepared(statement, {"now": now}):
            return Claimed(*row)
    return None


def _tell(claimed: Claimed, terms: Terms) -> int:
    """Write the alerts of everyone, or of the wave whose turn it is. Returns how many."""
    turn = Turn(claimed.wave, claimed.drawn_at, claimed.now)
    asked = terms.values(
        days=[timezone.localdate(claimed.drawn_at)], dates=[claimed.slot_date]
    )  # fmt: skip
    values = {
        "opening": claimed.id, "now": claimed.drawn_at, "told_at": claimed.now, **VALUES, **asked,
    }  # fmt: skip
    days_away = (claimed.slot_date - timezone.localdate(claimed.now)).days
    is_soon = days_away < config.WAVES_MIN_DAYS.value()
    if claimed.wave == 1 and (turn.most is None or is_soon):
        ((written,),) = fetch_prepared(match_sql.WRITE_ALL[claimed.is_reach_pending], values)
        return int(written)
    draw = {"seed": str(claimed.seed), "wave": claimed.wave, "most": turn.most}
    ((*row,),) = fetch_prepared(match_sql.WRITE_WAVE[claimed.is_reach_pending], values | draw)
    drawn = Drawn(*row)
    if drawn.waiting and (claimed.wave > 1 or drawn.waiting > drawn.told):
        _keep(claimed, turn, drawn)
    return drawn.written


def _keep(claimed: Claimed, turn: Turn, drawn: Drawn) -> None:
    """Keep what was drawn, and when the next wave is told if anyone is left."""
    opening = SlotOpening.objects.get(pk=claimed.id)
    before = Wave.objects.filter(opening=opening).order_by("-number").first()
    said = drawn._asdict()
    del said["written"]
    so_far = drawn.told + (before.told_so_far if before else 0)
    Wave.objects.create(opening=opening, number=claimed.wave, told_so_far=so_far, **said)
    if claimed.wave == 1:
        draw = {"seed": claimed.seed, "drawn_at": claimed.drawn_at, "rule": RULE}
        record("opening.drawn", actor=None, subject=opening, waiting=drawn.waiting, **draw)
    opening.wave = claimed.wave
    opening.next_wave_at = turn.next_at if drawn.waiting > drawn.told else None
    opening.save(update_fields=["wave", "next_wave_at"])
