"""Following a search in a feed reader: the feed (RFC 4287), and the page that gives its address."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import SavedSearch
from alerts import wording
from alerts.models import SearchFeed, UserAlert
from alerts.pages.searches import LearnerRequest, own_search
from alerts.searches.feeds import find_feed, make_feed, revoke_feed
from slots.wording import brief_moment, day

ENTRIES = 50


class AlertsOfSearch(Feed):
    """The newest alerts of a search. No name, postcode, distance or address of the learner."""

    feed_type = Atom1Feed
    subtitle = "Driving test slots as they opened. We are not part of DVSA."

    def get_object(self, request: HttpRequest, secret: str) -> SavedSearch:
        """The search, or 404."""
        return find_feed(secret)

    def title(self, search: SavedSearch) -> str:
        """The site's name: what a learner calls a search is theirs."""
        return f"{settings.SITE_NAME}: test slots"

    def link(self, search: SavedSearch) -> str:
        """Where its learner changes it."""
        return f"{settings.SITE_URL}{reverse('search_list')}"

    def feed_guid(self, search: SavedSearch) -> str:
        """One that stays when the address is made again."""
        return _tag(search.created_at, f"search-{search.pk}")

    def items(self, search: SavedSearch) -> Iterable[UserAlert]:
        """What it alerted to, newest first."""
        return UserAlert.objects.of_search(search)[:ENTRIES]

    def item_title(self, item: UserAlert) -> str:
        """Where and when, as in a message."""
        slot = item.slot
        return f"{slot.center.name}, {brief_moment(slot.date, slot.time)}"

    def item_description(self, item: UserAlert) -> str:
        """What it is, and whether it can still be had as the feed is read."""
        slot = item.slot
        state = "Open when this was read." if slot.available else "Gone."
        return f"{slot.get_test_type_display()} test on {day(slot.date)}. {state}"

    def item_link(self, item: UserAlert) -> str:
        """The page of the centre."""
        return f"{settings.SITE_URL}{reverse('center_detail', args=[item.slot.center_id])}"

    def item_guid(self, item: UserAlert) -> str:
        """One that stays."""
        return _tag(item.created_at, f"alert-{item.pk}")

    def item_pubdate(self, item: UserAlert) -> datetime:
        """When it was due."""
        return item.created_at

    item_updateddate = item_pubdate


def _tag(moment: datetime, name: str) -> str:
    """A name that no other feed has (RFC 4151)."""
    return f"tag:{urlsplit(settings.SITE_URL).hostname},{moment:%Y-%m-%d}:{name}"


@sensitive_variables("secret")
@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """A search's feed, for who holds its secret."""
    response = AlertsOfSearch()(request, secret=secret)
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def search_feed(request: LearnerRequest, pk: int) -> HttpResponse:
    """Whether a search has a feed; asked for, a new address, which is shown this once."""
    search = own_search(request, pk)
    url = ""
    if request.method == "POST":
        url = f"{settings.SITE_URL}{reverse('feed', args=[make_feed(search=search)])}"
    made = SearchFeed.objects.filter(search=search).first()
    names = [center.name for center in search.centers.all()]
    title = wording.title(search, centers=names)
    context = {"search": search, "title": title, "feed": made, "url": url}
    return render(request, "alerts/search_feed.html", context)


@require_POST
@login_required
def search_feed_end(request: LearnerRequest, pk: int) -> HttpResponse:
    """Let nobody read a search's feed any more."""
    if revoke_feed(search=own_search(request, pk)):
        messages.success(request, "The feed’s address no longer works.")
    return redirect("search_feed", pk)
