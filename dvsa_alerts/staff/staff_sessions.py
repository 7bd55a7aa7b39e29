"""How long staff stay signed in: at most 30 minutes idle, and 12 hours in all."""

import time

from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest

IDLE_SECONDS = 30 * 60
WHOLE_SECONDS = 12 * 60 * 60
SEEN_AT = "staff_seen_at"


def has_ended(request: HttpRequest) -> bool:
    """Whether this session is too old for staff work, by the web server's clock."""
    now = time.time()
    signed_in_at = _signed_in_at(request)
    seen_at = request.session.get(SEEN_AT, signed_in_at)
    return now - seen_at > IDLE_SECONDS or now - signed_in_at > WHOLE_SECONDS


def touch(request: HttpRequest) -> None:
    """Remember that staff worked in this session just now."""
    request.session[SEEN_AT] = time.time()


def _signed_in_at(request: HttpRequest) -> float:
    """When the session began; 0 for one that no sign-in page began."""
    records = get_authentication_records(request, request.user)
    times = [record["at"] for record in records if not record.get("reauthenticated")]
    return max(times, default=0.0)
