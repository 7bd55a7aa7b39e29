"""Making the message of a delivery: what is listed in it, and the links that go with it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from accounts.models import SavedSearch
from alerts import links, wording
from alerts.channels.email import Envelope, Mail, seal
from alerts.leases import Held
from alerts.models import PushSubscription
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


@dataclass(frozen=True)
class Draft:
    """What a delivery's message is to say, and to whom; the listings are the closest first."""

    held: Held
    recipient: Recipient
    listings: Sequence[Listing]

    @property
    def search_ids(self) -> list[int]:
        """The searches that its slots fit."""
        return sorted({each.search_id for each in self.listings if each.search_id})


@dataclass(frozen=True)
class Material:
    """What else the messages of some drafts are made of, read once for all of them."""

    reasons: Mapping[int, Reason]
    subscriptions: Mapping[int, PushSubscription]


def gather_material(drafts: Sequence[Draft]) -> Material:
    """By search, why its slots are told; by id, the subscriptions that are pushed to."""
    searches = {number for draft in drafts for number in draft.search_ids}
    pushed = {draft.held.subscription_id for draft in drafts} - {None}
    return Material(
        reasons=_reasons(searches) if len(pushed) < len(drafts) else {},
        subscriptions=PushSubscription.objects.in_bulk(pushed) if pushed else {},
    )


def compose(draft: Draft, material: Material) -> Message:
    """The finished message of a draft, ready for the network; ValueError for unusable keys."""
    if draft.held.subscription_id is not None:
        subscription = material.subscriptions[draft.held.subscription_id]
        return compose_push(draft.held.notification_id, subscription, draft.listings)
    return seal(compose_mail(draft, material.reasons))


def compose_mail(draft: Draft, reasons: Mapping[int, Reason]) -> Mail:
    """The mail in text and HTML; the same Message-ID at every try."""
    unsubscribe = links.unsubscribe_url(
        user_id=draft.recipient.user_id, search_ids=draft.search_ids
    )
    context = _context(draft, reasons) | {"unsubscribe_url": unsubscribe}
    return Mail(
        to=draft.recipient.email,
        subject=subject(draft.listings),
        text=render_to_string("alerts/mail/alert.txt", context),
        html=render_to_string("alerts/mail/alert.html", context),
        message_id=f"<{draft.held.message_id}@{_domain()}>",
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


def _context(draft: Draft, reasons: Mapping[int, Reason]) -> dict[str, Any]:
    listings = draft.listings
    return {
        "listings": listings[:MOST_LISTED],
        "more": max(len(listings) - MOST_LISTED, 0),
        "simulated": any(each.is_simulated for each in listings),
        "alert_url": links.alert_page_url(draft.held.notification_id),
        "got_a_test_url": links.got_a_test_url(user_id=draft.recipient.user_id),
        "reasons": [reasons[number] for number in draft.search_ids],
        "official": _official(listings),
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
    }


def _reasons(search_ids: Collection[int]) -> dict[int, Reason]:
    searches = SavedSearch.objects.filter(pk__in=search_ids).prefetch_related("centers")
    return {
        search.pk: Reason(
            promise=wording.promise(search, centers=[each.name for each in search.centers.all()]),
            url=links.search_url(search.pk),
            pause_url=links.pause_url(search.pk),
        )
        for search in searches
    }


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
