"""Bounces that a mail provider reports after it had accepted a message."""

import json
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.models import User
from alerts.models import MailRefusal
from audit.trail import record

MOST_BYTES = 64 * 1024


@transaction.atomic
def record_bounce(*, address: str, reason: str) -> bool:
    """Send no more to an address that bounces for good; False when it is nobody's."""
    user = User.objects.filter(email__iexact=address).first()
    if user is None:
        return False
    MailRefusal.objects.update_or_create(
        user=user, defaults={"address": user.email, "reason": reason[:500]}
    )
    record("mail.bounced", actor=None, subject=user)
    return True


@csrf_exempt
@require_POST
def bounces(request: HttpRequest) -> HttpResponse:
    """`{"address": …, "reason": …}` with `Authorization: Bearer <BOUNCE_SECRET>`; 204 in any case.

    Whether an address is known is nobody's business, so the answer doesn't say.
    """
    if not _knows_the_secret(request):
        return JsonResponse({"title": "The secret is missing or wrong."}, status=401)
    try:
        address, reason = _read(request.body)
    except ValueError as error:
        return JsonResponse({"title": str(error)}, status=400)
    record_bounce(address=address, reason=reason)
    return HttpResponse(status=204)


def _knows_the_secret(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(settings.BOUNCE_SECRET) and constant_time_compare(given, settings.BOUNCE_SECRET)


def _read(body: bytes) -> tuple[str, str]:
    content: Any = json.loads(body) if len(body) <= MOST_BYTES else None
    if not isinstance(content, dict) or not isinstance(content.get("address"), str):
        raise ValueError("The body has to be a JSON object with an address.")
    return content["address"], str(content.get("reason", "reported as bouncing"))
