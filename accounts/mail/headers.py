"""Headers that every mail of ours carries, whichever way it goes out."""

from email.utils import parseaddr
from functools import lru_cache
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

# RFC 3834: no holiday note answers what a program has sent.
AUTOMATIC = {"Auto-Submitted": "auto-generated"}


def message_id(number: UUID) -> str:
    """The Message-ID with a number of ours, under the domain that we send from."""
    return f"<{number}@{_domain(settings.DEFAULT_FROM_EMAIL, settings.SITE_URL)}>"


def bare_address(text: str) -> str:
    """An address without its owner's name."""
    return parseaddr(text)[1]


@lru_cache(maxsize=8)
def _domain(sender: str, site: str) -> str:
    """The site's own where the sender's address has none that the world knows."""
    domain = bare_address(sender).rpartition("@")[2]
    return domain if "." in domain else urlsplit(site).hostname or domain
