"""Compose: make the messages, and mark their deliveries `sending`."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from alerts.delivery.claim import Claimed
from alerts.delivery.unsent import put_back
from alerts.delivery.ways import WAYS
from alerts.messages.content import Content, Listing
from alerts.messages.following import Known, read_known
from alerts.messages.reasons import Reason, reasons

logger = logging.getLogger(__name__)

# What was rechecked holds for so long (seconds, by the database's clock): a message that hasn't
# reached the network by then doesn't, and its delivery is anybody's to claim, without any doubt.
RECHECK_LASTS = 3.0
# The journal is explained in `record`.
MARK_SENDING = """
WITH journal AS (
    INSERT INTO alerts_senderjournal (token, look_until)
    VALUES (%(token)s, statement_timestamp() + make_interval(secs => %(seconds)s))
)
UPDATE alerts_delivery delivery
   SET state = 'sending', counted = prepared.counted::bigint[],
       lease_until = statement_timestamp() + make_interval(secs => %(seconds)s),
       next_attempt_at = statement_timestamp() + make_interval(secs => %(seconds)s)
  FROM unnest(%(ids)s::bigint[], %(counted)s::text[]) AS prepared (id, counted)
 WHERE delivery.id = prepared.id
"""


@dataclass(frozen=True)
class Prepared:
    """A delivery that is claimed, rechecked and composed: `sending`, its message ready."""

    claimed: Claimed
    message: Any


@dataclass(frozen=True)
class Material:
    """What else the messages of a chunk are made of, by the ids of what it is about."""

    reasons: Mapping[int, Reason]
    known: Known


def compose(wanted: Sequence[tuple[Claimed, Content]]) -> list[Prepared]:
    """Make the messages of what was rechecked and mark it `sending`, in the same transaction.

    One that can't be made, or that kills the process, has then never been `sending`: it is put
    back. All of it was claimed together.
    """
    material = _material(wanted)
    counted, prepared = [], []
    for claimed, content in wanted:
        if message := _message(claimed, content, material):
            counted.append(_array(content.listings))
            prepared.append(Prepared(claimed, message))
    if prepared:
        _mark_sending(prepared, counted)
    return prepared


def _material(wanted: Sequence[tuple[Claimed, Content]]) -> Material:
    """Read what the messages need in a few statements, however many there are."""
    saying_why = [content for claimed, content in wanted if WAYS[claimed.channel].says_why]
    return Material(
        known=read_known([content for _, content in wanted]),
        reasons=reasons({number for content in saying_why for number in content.search_ids}),
    )


def _message(claimed: Claimed, content: Content, material: Material) -> Any:
    try:
        return _compose(claimed, content, material)
    except Exception as error:  # whatever is wrong with one message must not stop the others
        logger.exception("the message of delivery %s could not be made", claimed.id)
        put_back(claimed, error=f"{type(error).__name__}: {error}")
    return None


def _compose(claimed: Claimed, content: Content, material: Material) -> Any:
    way = WAYS[claimed.channel]
    searches = content.search_ids if way.says_why else []
    return way.compose(
        claimed,
        content,
        follows=material.known.follows(content),
        reasons={number: material.reasons[number] for number in searches},
    )


def _array(listings: Sequence[Listing]) -> str:
    """The alerts as PostgreSQL writes an array: arrays of several lengths are sent as text."""
    return f"{{{','.join(str(each.alert_id) for each in listings)}}}"


def _mark_sending(prepared: Sequence[Prepared], counted: Sequence[str]) -> None:
    values: dict[str, Any] = {
        "token": prepared[0].claimed.token,
        "ids": [each.claimed.id for each in prepared],
        "counted": list(counted),
        "seconds": RECHECK_LASTS,
    }
    with connection.cursor() as cursor:
        cursor.execute(MARK_SENDING, values)
