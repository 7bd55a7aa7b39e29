"""Making the message of a delivery: what is listed in it, and the links that go with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from accounts.models import SavedSearch
from alerts import links, wording
from alerts.channels.email import Envelope, Mail, seal
from alerts.leases import Held
from alerts.models import Delivery
from alerts.push_messages import PushMessage, compose_push
from alerts.rechecking import Listing, Recipient
from slots.wording import clock, day

MOST_LISTED = 10
OFFICIAL_CHANGE = "https://www.gov.uk/change-driving-test"
OFFICIAL_BOOK = "https://www.gov.uk/book-driving-test"
OFFICIAL_THEORY = "https://www.gov.uk/book-theory-test"

Message = Envelope | PushMessage


@dataclass(frozen=True)
class Reason:
    """Why the message came: one of the searches that its slots fit."""

    promise: str
    url: str
    pause_url: str


def compose(held: Held, recipient: Recipient, listings: Sequence[Listing]) -> Message:
    """The finished message of a delivery for these slots, closest first, ready for the network."""
    if held.channel == Delivery.Channel.PUSH:
        return compose_push(held, listings)
    return seal(compose_mail(held, recipient, listings))


def compose_mail(held: Held, recipient: Recipient, listings: Sequence[Listing]) -> Mail:
    """The mail in text and HTML; the same Message-ID at every try."""
    search_ids = {each.search_id for each in listings if each.search_id}
    unsubscribe = links.unsubscribe_url(user_id=recipient.user_id, search_ids=search_ids)
    context = _context(held, recipient, listings, search_ids) | {"unsubscribe_url": unsubscribe}
    return Mail(
        to=recipient.email,
        subject=subject(listings),
        text=render_to_string("alerts/mail/alert.txt", context),
        html=render_to_string("alerts/mail/alert.html", context),
        message_id=f"<{held.message_id}@{_domain()}>",
        headers={
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def subject(listings: Sequence[Listing]) -> str:
    """The first slot and how many more there are, in one line whatever a name holds."""
    first = listings[0]
    moment = f"{day(first.date)}, {clock(first.time)}"
    more = f" and {len(listings) - 1} more" if len(listings) > 1 else ""
    label = "[Simulated] " if first.is_simulated else ""
    kind = first.test_type.capitalize()
    return " ".join(f"{label}{kind} test slot: {moment} at {first.center}{more}".split())


def _context(
    held: Held, recipient: Recipient, listings: Sequence[Listing], search_ids: set[int]
) -> dict[str, Any]:
    return {
        "listings": listings[:MOST_LISTED],
        "more": max(len(listings) - MOST_LISTED, 0),
        "simulated": any(each.is_simulated for each in listings),
        "alert_url": links.alert_page_url(held.notification_id),
        "got_a_test_url": links.got_a_test_url(user_id=recipient.user_id),
        "reasons": _reasons(search_ids),
        "official": _official(listings),
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
    }


def _reasons(search_ids: set[int]) -> list[Reason]:
    searches = SavedSearch.objects.filter(pk__in=search_ids).prefetch_related("centers")
    return [
        Reason(
            promise=wording.promise(search, centers=[each.name for each in search.centers.all()]),
            url=links.search_url(search.pk),
            pause_url=links.pause_url(search.pk),
        )
        for search in searches
    ]


def _official(listings: Sequence[Listing]) -> dict[str, str]:
    """The official service's addresses that fit what is listed, by what one does there."""
    kinds = {each.test_type for each in listings}
    places: dict[str, str] = {}
    if "practical" in kinds:
        places |= {
            "Change your driving test": OFFICIAL_CHANGE,
            "Book a driving test": OFFICIAL_BOOK,
        }
    if "theory" in kinds:
        places |= {"Book a theory test": OFFICIAL_THEORY}
    return places


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
