"""Making the mail of a delivery: what is listed in it, and the links that go with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings

from accounts.mail.headers import message_id
from accounts.mail.smtp import Mail
from accounts.official import official_pages
from alerts.messages import links
from alerts.messages.content import Listing, Recipient
from alerts.messages.following import general
from alerts.messages.headline import headline, kind_of
from alerts.messages.reasons import Reason
from alerts.messages.rendering import render
from alerts.taking import Follows
from alerts.wording import turn
from audit.text import counted
from slots.wording import at, clock, day, last_seen

MOST_LISTED = 10


@dataclass(frozen=True)
class SlotWords:
    """A slot in the words of a mail, "" for what isn't known.

    Put into words here and not by the template's filters, which take four times as long.
    """

    day: str
    time: str
    kind: str
    center: str
    postcode: str
    distance: str
    opened: str
    seen: str
    source: str
    turn: str
    not_for_me_url: str
    whom: str
    follows: list[str]


def compose_mail(
    *,
    notification_id: int,
    number: UUID,
    recipient: Recipient,
    listings: Sequence[Listing],
    follows: Sequence[Follows],
    reasons: Mapping[int, Reason],
    last_of: int | None = None,
) -> Mail:
    """The mail in text and HTML for these slots, soonest first; `reasons` by search.

    `follows` says for each slot what follows from taking it. The `number` makes its Message-ID,
    the same at every try. Of the last message of a day `last_of` is how many a day are allowed.
    """
    unsubscribe = links.unsubscribe_url(user_id=recipient.user_id, search_ids=list(reasons))
    context = slots_context(listings, follows) | {
        "alert_url": links.alert_page_url(notification_id),
        "got_a_test_url": links.got_a_test_url(user_id=recipient.user_id),
        "unsubscribe_url": unsubscribe,
        "reasons": list(reasons.values()),
        "last_of": last_of,
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
    }
    return Mail(
        to=recipient.email,
        subject=subject(listings),
        text=render("alert.txt", context),
        html=render("alert.html", context),
        message_id=message_id(number),
        headers={
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def subject(listings: Sequence[Listing]) -> str:
    """The soonest slot, how many more there are, and what they are."""
    return f"{headline(listings)}: {kind_of(listings)}"


def preheader(listings: Sequence[Listing]) -> str:
    """What a list of mails shows after the subject: how far, which day, how many."""
    first = listings[0]
    far = "" if first.miles is None else f"{first.miles:.1f} miles away, "
    return f"{far}{day(first.date)}. {counted(len(listings), 'slot')} open."


def for_whom(listing: Listing) -> str:
    """`For Ben`: the name of the search that a slot fits; "" where it has none."""
    return f"For {listing.search_name}" if listing.search_name else ""


def slots_context(listings: Sequence[Listing], follows: Sequence[Follows]) -> dict[str, Any]:
    """What the templates say of the slots, for the learner or a companion."""
    listed = list(zip(listings, follows, strict=True))[:MOST_LISTED]
    return {
        "preheader": preheader(listings),
        "listings": [_words(*each) for each in listed],
        "follows": general(follows),
        "more": max(len(listings) - MOST_LISTED, 0),
        "simulated": any(each.is_simulated for each in listings),
        "official": official_pages({each.test_type for each in listings}).items(),
    }


def _words(listing: Listing, found: Follows) -> SlotWords:
    return SlotWords(
        day=day(listing.date),
        time=clock(listing.time),
        kind=listing.test_type.capitalize(),
        center=listing.center,
        postcode=listing.postcode,
        distance="" if listing.miles is None else f"{listing.miles:.1f} miles away",
        opened=_opened(listing),
        seen=last_seen(listing.last_seen_at) if listing.last_seen_at else "",
        source=_source(listing),
        turn=turn(listing.wave, listing.told_so_far),
        not_for_me_url=links.not_for_me_url(listing.alert_id),
        whom=for_whom(listing),
        follows=[*found.obstacles, *found.of_this],
    )


def _opened(listing: Listing) -> str:
    if listing.opened_at is None:
        return ""
    return f"Opened {at(listing.opened_at)}"


def _source(listing: Listing) -> str:
    if not listing.source:
        return ""
    return f"Source: {listing.source}{' (simulated)' if listing.is_simulated else ''}"
