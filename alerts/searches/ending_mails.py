"""The mail that tells a learner, once, that a search of theirs has ended or rests by itself.

The outbox sends it; here is what it says, looked at again before it goes.
"""

from datetime import date, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import DateTimeField, Func
from django.db.models.functions import Now
from django.urls import reverse

from accounts.config import SENDING
from accounts.learners import read_learner
from accounts.mail.drafts import Draft, NotBefore, Unwanted, Words
from accounts.models import OutboxMail, SavedSearch, User
from alerts import wording
from alerts.messages import links
from alerts.messages.rendering import render
from alerts.models import SearchEnding
from alerts.searches.endings import ENDED, RESTING
from alerts.searches.resting import why_resting
from audit.clock import database_now, database_today
from slots.wording import day

SUBJECTS = {ENDED: "Your search has ended", RESTING: "Your search rests"}
# How soon it is looked at again whether sending has been switched on.
WHILE_OFF = timedelta(minutes=1)


def write(mail: OutboxMail) -> Draft:
    """What it says; those who might change that wait until it is on its way."""
    ending = SearchEnding.objects.filter(mail=mail).first()
    if ending is None:
        return Unwanted("the search is gone")
    if not SENDING.value():
        return NotBefore(database_now() + WHILE_OFF)
    user = _recipient(ending)
    search = SavedSearch.objects.select_for_update().get(pk=ending.search_id)
    if reason := _unwanted(ending, user, search):
        return Unwanted(reason)
    return NotBefore(user.quiet_ends) if user.quiet_ends else compose(ending, user, search)


def _recipient(ending: SearchEnding) -> Any:
    """The user, locked, with `quiet_ends`: when the quiet hours end that last now, or None."""
    quiet_ends = Func(
        Now(), "quiet_from", "quiet_until",
        function="end_of_quiet_hours", output_field=DateTimeField(),
    )  # fmt: skip
    people = User.objects.annotate(quiet_ends=quiet_ends).select_for_update(of=("self",))
    return people.get(pk=ending.user_id)


def _unwanted(ending: SearchEnding, user: User, search: SavedSearch) -> str | None:
    if ending.booked_for is None and search.is_active:
        return "the search was started again"
    if ending.booked_for and not _still_rests(ending.booked_for, user, search):
        return "the search doesn't rest any more"
    if not user.is_active:
        return "the account is disabled"
    if not EmailAddress.objects.filter(user=user, primary=True, verified=True).exists():
        return "the address is not verified"
    return None


def _still_rests(booked_for: date, user: User, search: SavedSearch) -> bool:
    learner = read_learner(user, today=database_today())
    is_booked = booked_for in {each.date for each in learner.bookings.values()}
    rests = why_resting(search, learner, search.centers.all())
    return search.is_active and is_booked and bool(rests)


def compose(ending: SearchEnding, user: User, search: SavedSearch) -> Words:
    """The mail in text and HTML."""
    names = [center.name for center in search.centers.all()]
    unsubscribe = links.unsubscribe_url(user_id=user.pk, search_ids=[search.pk])
    kind = RESTING if ending.booked_for else ENDED
    learner = read_learner(user, today=database_today())
    context = {
        "title": wording.title(search, centers=names),
        "promise": wording.promise_of(search, learner).sentence,
        "day": day(ending.tells_until),
        "booked_for": day(ending.booked_for) if ending.booked_for else "",
        "bookings_url": f"{settings.SITE_URL}{reverse('bookings')}",
        "url": links.search_url(search.pk),
        "got_a_test_url": links.got_a_test_url(user_id=user.pk),
        "unsubscribe_url": unsubscribe,
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
    }
    return Words(
        to=user.email,
        subject=f"{SUBJECTS[kind]}: {context['title']}",
        text=render(f"{kind}.txt", context),
        html=render(f"{kind}.html", context),
        headers={
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
