"""The secret address at which a feed reader follows a search: made, looked up, revoked."""

import secrets

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import SavedSearch
from alerts.models import SearchFeed
from audit.trail import record
from slots.tokens import digest

RANDOM_BYTES = 32


def make_feed(*, search: SavedSearch) -> str:
    """Give a search a feed, in place of the one before. Returns its secret, which isn't stored."""
    secret = secrets.token_urlsafe(RANDOM_BYTES)
    values = {"digest": digest(secret), "made_at": Now()}
    with transaction.atomic():
        SearchFeed.objects.update_or_create(search=search, defaults=values)
        record("feed.made", actor=search.user, subject=search)
    return secret


def revoke_feed(*, search: SavedSearch) -> bool:
    """End a search's feed, from the next request on; False where it has none."""
    with transaction.atomic():
        revoked = SearchFeed.objects.filter(search=search).delete()[0] > 0
        if revoked:
            record("feed.revoked", actor=search.user, subject=search)
    return revoked


def find_feed(secret: str) -> SavedSearch:
    """The search that a secret is the feed's of; raises SavedSearch.DoesNotExist.

    A disabled learner's feeds rest.
    """
    return SavedSearch.objects.get(feed__digest=digest(secret), user__is_active=True)
