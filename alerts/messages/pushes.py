"""Making the push of a delivery: what the phone shows, and where a tap leads."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from alerts.channels import vapid
from alerts.channels.push import Push, SealedPush, seal
from alerts.messages import links
from alerts.messages.content import Listing
from alerts.messages.headline import headline, kind_of
from alerts.messages.mails import for_whom
from alerts.models import PushSubscription
from alerts.taking import Follows
from alerts.wording import turn
from audit.text import counted
from slots.wording import clock, day, last_seen

LONGEST_TTL = 4 * 3600
MOST_LISTED = 10
# What encryption adds (RFC 8188: header, padding delimiter, tag) leaves this of 3,900 bytes.
MOST_PLAIN_BYTES = 3_700
# How a browser knows such a push (W3C Push API, declarative push messages): the number of RFC 8030.
DECLARATIVE = 8030


def compose_push(
    notification_id: int,
    subscription: PushSubscription,
    listings: Sequence[Listing],
    follows: Sequence[Follows],
    *,
    last_of: int | None = None,
) -> SealedPush:
    """The push of a notification to one browser for these slots, soonest first.

    `follows` says for each what follows from taking it. Of the last message of a day `last_of` is
    how many a day are allowed. ValueError for unusable keys.
    """
    push = Push(
        endpoint=subscription.endpoint,
        p256dh=subscription.p256dh,
        auth=subscription.auth,
        payload=payload(
            notification_id,
            listings,
            follows,
            renew=key_to_renew_with(subscription),
            last_of=last_of,
        ),
        ttl=int(min(max(each.seconds_left for each in listings), LONGEST_TTL)),
        topic=f"n{notification_id}",
        vapid_key=subscription.vapid_key,
    )
    return seal(push)


def key_to_renew_with(subscription: PushSubscription) -> dict[str, str]:
    """What asks a browser to subscribe again, once our key is another than it was told."""
    present = vapid.public_key()
    return {} if vapid.key_noted(subscription.vapid_key) == present else {"renew": present}


def payload(
    notification_id: int,
    listings: Sequence[Listing],
    follows: Sequence[Follows],
    *,
    renew: Mapping[str, str],
    last_of: int | None = None,
) -> bytes:
    """What the browser shows: title, text, where a tap leads; as many slots as fit."""
    listed = zip(listings[:MOST_LISTED], follows, strict=False)
    lines = [_line(listing, found.short_of_this) for listing, found in listed]
    ends = [*filter(None, dict.fromkeys(each.short_of_any for each in follows)), *_last(last_of)]
    while True:
        encoded = shown_as(
            title=f"{headline(listings)}: {kind_of(listings)}",
            body="\n".join([*lines, *_rest(len(listings) - len(lines)), *ends]),
            url=links.alert_page_url(notification_id),
            tag=f"alert-{notification_id}",
            renew=renew,
            not_for_me=links.not_for_me_url(listings[0].alert_id),
        )
        if len(encoded) <= MOST_PLAIN_BYTES or not lines:
            return encoded
        lines.pop()


def shown_as(
    *,
    title: str,
    body: str,
    url: str,
    tag: str,
    renew: Mapping[str, str],
    not_for_me: str | None = None,
) -> bytes:
    """JSON that a browser shows by itself (Declarative Web Push), or our service worker does.

    What asks for a renewal is our service worker's alone, so that it gets to read it.
    """
    notification: dict[str, Any] = {
        "title": title,
        "body": body,
        "navigate": url,
        "tag": tag,
        "lang": "en-GB",
    }
    if not_for_me:
        action = {"action": "not-for-me", "title": "Not for me", "navigate": not_for_me}
        notification["actions"] = [action]
    declared = {} if renew else {"web_push": DECLARATIVE}
    said = {**declared, "notification": notification, **renew}
    return json.dumps(said, ensure_ascii=False).encode()


def _line(listing: Listing, found: str) -> str:
    whom = f". {for_whom(listing)}" if listing.search_name else ""
    miles = "" if listing.miles is None else f", {listing.miles:.1f} miles"
    moment = f"{day(listing.date)} {clock(listing.time)}"
    then = f". {found}" if found else ""
    told = turn(listing.wave, listing.told_so_far)
    said = f"{moment}, {listing.center[:60]}{miles}{whom}{then}{_seen(listing)}"
    return f"{said}. {told}" if told else said


def _seen(listing: Listing) -> str:
    """When and by whom; the moment, as a push may be read hours later."""
    seen = f". {last_seen(listing.last_seen_at)}" if listing.last_seen_at else ""
    return f"{seen}. Source: {listing.source[:60]}" if listing.source else seen


def _last(last_of: int | None) -> list[str]:
    """What the last message of a day says."""
    return [f"That was the last of today’s {counted(last_of, 'message')}."] if last_of else []


def _rest(count: int) -> list[str]:
    return [f"and {count} more"] if count > 0 else []
