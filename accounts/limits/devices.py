"""Knowing a browser again in which somebody has signed in: its wrong tries are counted apart.

So strangers who guess use up what strangers may, and lock nobody out. The cookie lets nobody in.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from accounts.models import User

SALT = "known device"
KEPT = timedelta(days=365)
# A family at one computer.
MOST_PEOPLE = 5


@dataclass(frozen=True)
class Device:
    """A browser by a random name, and the ids of those who have signed in there, newest first."""

    name: str
    people: tuple[int, ...] = ()

    def knows(self, user: User | None) -> bool:
        """Whether this user has signed in there."""
        return user is not None and user.pk in self.people


def device_of(request: HttpRequest) -> Device:
    """The browser of a request, by the cookie that we signed; else one that knows nobody."""
    signed = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    try:
        name, people = signing.loads(signed, salt=SALT, max_age=KEPT)
    except signing.BadSignature:
        return Device(uuid4().hex)
    return Device(name, tuple(people))


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Have the browser know that this user has signed in there."""
    device = device_of(request)
    others = [pk for pk in device.people if pk != user.pk]
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps([device.name, [user.pk, *others][:MOST_PEOPLE]], salt=SALT),
        max_age=KEPT,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
