"""All that is stored about a learner, for them to download."""

import io
import json
from collections.abc import Iterable
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet

from accounts.models import BareRefusal, Booking, MailRefusal, OutboxMail, SavedSearch, User
from alerts.models import (
    Companion,
    Delivery,
    Notification,
    PushSubscription,
    SearchEnding,
    SearchFeed,
    UserAlert,
    Webhook,
)
from audit.models import AuditLog

FILE = "your-data.json"
# A password's hash and a second factor's key are no information about a person, and would let
# anyone who finds the file in.
ACCOUNT = (
    "id", "email", "first_name", "last_name", "created_at", "updated_at", "last_login",
    "is_active", "quiet_from", "quiet_until", "theory_passed_on", "last_failed_on",
)  # fmt: skip
NOT_SAID = ("subject", "text", "html", "headers", "token")


def export_zip(user: User) -> bytes:
    """A zip with one JSON file."""
    archive = io.BytesIO()
    text = json.dumps(export(user), cls=DjangoJSONEncoder, indent=2, ensure_ascii=False)
    with ZipFile(archive, "w", ZIP_DEFLATED) as file:
        file.writestr(FILE, text)
    return archive.getvalue()


def export(user: User) -> dict[str, Any]:
    """Everything by kind; times are UTC in ISO 8601, distances statute miles."""
    return {
        "account": {name: getattr(user, name) for name in ACCOUNT} | {"role": user.role_name},
        "email_addresses": _rows(EmailAddress.objects.filter(user=user), skip={"user_id"}),
        "bookings": [_booking(booking) for booking in Booking.objects.of(user)],
        "searches": [_search(search) for search in _searches(user)],
        "alerts": _rows(_alerts(user), skip={"user_id"}),
        "companions": _rows(Companion.objects.filter(user=user), skip={"user_id"}),
        "messages": _rows(Notification.objects.filter(user=user), skip={"user_id"}),
        "deliveries": _rows(
            Delivery.objects.filter(notification__user=user), skip={"lease_token", "lease_until"}
        ),
        # What they said is gone, or still to come: a code would let anyone in who finds the file.
        "mails": _rows(OutboxMail.objects.of(user), skip={"user_id", *NOT_SAID}),
        "refused_addresses": _rows(MailRefusal.objects.filter(user=user), skip={"user_id"}),
        "refusals_by_day": _rows(BareRefusal.objects.filter(user=user), skip={"user_id"}),
        "ended_searches": _rows(SearchEnding.objects.filter(user=user), skip={"user_id"}),
        "feeds": _rows(SearchFeed.objects.filter(search__user=user), skip={"digest"}),
        "webhooks": _rows(Webhook.objects.filter(user=user), skip={"user_id", "secret"}),
        "devices": _rows(PushSubscription.objects.filter(user=user), skip={"user_id", "auth"}),
        "sessions": _rows(UserSession.objects.filter(user=user), skip={"user_id", "session_key"}),
        "second_factors": [_factor(each) for each in Authenticator.objects.filter(user=user)],
        "log": list(
            AuditLog.objects.filter(user=user).order_by("id").values("action", "timestamp", "ip")
        ),
    }


def _booking(booking: Booking) -> dict[str, Any]:
    row = _row(booking, skip={"user_id"})
    places = {"center": booking.center, "first_center": booking.first_center}
    return row | {name: center.name if center else None for name, center in places.items()}


def _searches(user: User) -> Iterable[SavedSearch]:
    return SavedSearch.objects.of(user).prefetch_related("centers")


def _search(search: SavedSearch) -> dict[str, Any]:
    row = _row(search, skip={"user_id", "location"})
    place = search.location
    return row | {
        "latitude": place.y if place else None,
        "longitude": place.x if place else None,
        "centers": [center.name for center in search.centers.all()],
    }


def _factor(factor: Authenticator) -> dict[str, Any]:
    """A second factor or a passkey, by the name that its owner gave it."""
    return _row(factor, skip={"user_id", "data"}) | {"name": str(factor)}


def _alerts(user: User) -> QuerySet[UserAlert]:
    return UserAlert.objects.filter(user=user).order_by("id")


def _rows(rows: Iterable[Any], *, skip: set[str]) -> list[dict[str, Any]]:
    return [_row(row, skip=skip) for row in rows]


def _row(row: Any, *, skip: set[str]) -> dict[str, Any]:
    names = [field.attname for field in row._meta.concrete_fields]
    return {name: getattr(row, name) for name in names if name not in skip}
