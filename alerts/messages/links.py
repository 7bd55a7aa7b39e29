"""The links in messages: signed, so that they open without a login and can't be made up.

Who holds a token acts for the learner it names, in that one matter only. A GET through any of
them changes nothing. Reading raises BadLink, or ExpiredLink for a link that is too old: a mail
may be passed on, or found years later.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse

ALERT_PAGE_LASTS = timedelta(days=7)
# Longer than any slot that a message told of is ahead: new dates open 24 weeks before.
STOPPING_LASTS = timedelta(days=180)
_ALERT_PAGE = "alerts.alert-page"
_UNSUBSCRIBE = "alerts.unsubscribe"
_GOT_A_TEST = "alerts.got-a-test"
_PAUSE = "alerts.pause"
_NOT_FOR_ME = "alerts.not-for-me"
_COMPANION = "alerts.companion"


class BadLink(ValueError):
    """Not a link that we have made, or one cut short on its way."""


class ExpiredLink(BadLink):
    """A link of ours that is too old."""


@dataclass(frozen=True)
class Named:
    """Whose searches a link is about, and which: those that the message named."""

    user_id: int
    search_ids: list[int]


def alert_page_url(notification_id: int) -> str:
    """The read-only page of a notification's slots, for 7 days."""
    return _absolute("alert_page", _sign(notification_id, _ALERT_PAGE))


def read_alert_page(token: str) -> int:
    """The notification that a token opens."""
    return int(_read(token, _ALERT_PAGE, ALERT_PAGE_LASTS))


def unsubscribe_url(*, user_id: int, search_ids: Collection[int]) -> str:
    """Ends the searches that a message named, for 180 days."""
    token = _sign([user_id, sorted(search_ids)], _UNSUBSCRIBE)
    return _absolute("unsubscribe", token)


def read_unsubscribe(token: str) -> Named:
    """Whose searches a token ends, and which."""
    user_id, search_ids = _read(token, _UNSUBSCRIBE, STOPPING_LASTS)
    return Named(user_id=user_id, search_ids=search_ids)


def pause_url(*, user_id: int, search_ids: Collection[int]) -> str:
    """Pauses searches, or lets them look again, for 180 days."""
    return _absolute("pause", _sign([user_id, sorted(search_ids)], _PAUSE))


def read_pause(token: str) -> Named:
    """Whose searches a token pauses, and which."""
    user_id, search_ids = _read(token, _PAUSE, STOPPING_LASTS)
    return Named(user_id=user_id, search_ids=search_ids)


def not_for_me_url(alert_id: int) -> str:
    """Narrows the search that an alert came from, for 7 days."""
    return _absolute("not_for_me", _sign(alert_id, _NOT_FOR_ME))


def read_not_for_me(token: str) -> int:
    """The alert whose search a token narrows."""
    return int(_read(token, _NOT_FOR_ME, ALERT_PAGE_LASTS))


def got_a_test_url(*, user_id: int) -> str:
    """Ends all searches of a learner who has found a test, for 180 days."""
    return _absolute("got_a_test", _sign(user_id, _GOT_A_TEST))


def read_got_a_test(token: str) -> int:
    """The user who has found a test."""
    return int(_read(token, _GOT_A_TEST, STOPPING_LASTS))


def companion_url(companion_id: int) -> str:
    """The page of someone whom learners have named, for 180 days."""
    return _absolute("companion", _sign(companion_id, _COMPANION))


def read_companion(token: str) -> int:
    """The companion whose page a token opens."""
    return int(_read(token, _COMPANION, STOPPING_LASTS))


def search_url(search_id: int) -> str:
    """A saved search's own page."""
    return _absolute("search_edit", search_id)


def _absolute(name: str, argument: str | int) -> str:
    before, after = _route(name)
    return f"{settings.SITE_URL}{before}{argument}{after}"


@cache
def _route(name: str) -> tuple[str, str]:
    """What stands before and after a route's only argument; a mail has five such links."""
    before, _, after = reverse(name, args=["0"]).partition("0")
    return before, after


def _sign(value: object, salt: str) -> str:
    return _signer(salt, settings.SECRET_KEY).sign_object(value)


@cache
def _signer(salt: str, key: str) -> signing.TimestampSigner:
    """Kept, as to make one takes half as long as to sign; a mail has three signed links."""
    return signing.TimestampSigner(key=key, salt=salt)


def _read(token: str, salt: str, lasts: timedelta) -> Any:
    try:
        return signing.loads(token, salt=salt, max_age=lasts)
    except signing.SignatureExpired as error:
        raise ExpiredLink("This link has expired.") from error
    except signing.BadSignature as error:
        raise BadLink("This link is not one of ours.") from error
