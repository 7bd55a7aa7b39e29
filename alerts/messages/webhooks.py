"""Making the message of a webhook: what the mail tells, as JSON for a program.

No link in it acts for the learner or opens anything without signing in.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone

from accounts.official import official_pages
from alerts.channels.webhook import Hook
from alerts.messages import links
from alerts.messages.content import Content, Listing
from alerts.messages.following import general
from alerts.messages.mails import MOST_LISTED
from alerts.models import Webhook
from alerts.taking import Follows
from alerts.wording import turn

SLOTS, TEST = "slots.opened", "test"


def compose_hook(
    webhook: Webhook, number: UUID, content: Content, follows: Sequence[Follows]
) -> Hook:
    """The message for these slots, soonest first; `follows` says for each what taking it means."""
    listings = content.listings
    listed = list(zip(listings, follows, strict=True))[:MOST_LISTED]
    told = {
        "slots": [_slot(*each) for each in listed],
        "more": max(len(listings) - MOST_LISTED, 0),
        "follows": general(follows),
        "official_service": official_pages({each.test_type for each in listings}),
        "last_of_today": content.last_of is not None,
    }
    return _hook(webhook, number, SLOTS, told)


def compose_test(webhook: Webhook) -> Hook:
    """A message in the form of a real one, about no slot."""
    return _hook(webhook, uuid4(), TEST, {"message": f"A test from {settings.SITE_NAME}."})


def _hook(webhook: Webhook, number: UUID, kind: str, told: Mapping[str, Any]) -> Hook:
    said = {"type": kind, "timestamp": timezone.now().isoformat(), "data": told}
    body = json.dumps(said, ensure_ascii=False).encode()
    return Hook(webhook.url, webhook.read_secret(), f"msg_{number.hex}", body)


def _slot(listing: Listing, found: Follows) -> dict[str, Any]:
    return {
        "center": {"name": listing.center, "postcode": listing.postcode},
        "test_type": listing.test_type,
        "date": listing.date.isoformat(),
        "time": f"{listing.time:%H:%M}",
        "miles": listing.miles if listing.miles is None else round(listing.miles, 1),
        "search": _search(listing),
        "opened_at": listing.opened_at and listing.opened_at.isoformat(),
        "last_seen_at": listing.last_seen_at and listing.last_seen_at.isoformat(),
        "source": listing.source,
        "is_simulated": listing.is_simulated,
        "told": turn(listing.wave, listing.told_so_far) or None,
        "follows": [*found.obstacles, *found.of_this],
    }


def _search(listing: Listing) -> dict[str, str | None] | None:
    if listing.search_id is None:
        return None
    return {"name": listing.search_name or None, "url": links.search_url(listing.search_id)}
