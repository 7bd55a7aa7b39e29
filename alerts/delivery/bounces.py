"""Bounces that a mail provider reports after it had accepted a message."""

import json
import re
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.mail.refusals import Fault, Phase, read_enhanced, whose_fault
from accounts.mail.refused_addresses import refuse_mail, tell_staff
from accounts.mail.smtp import PROVIDER
from accounts.models import User
from alerts.companions import end_refused
from audit.text import is_storable
from audit.trail import record

MOST_BYTES = 64 * 1024
# Of a reason that begins with an enhanced code.
UNKNOWN_CODE = 550


# A provider reports what bounced for good: an answer without a code, or that doesn't say whose
# fault it is, means the address.
ABOUT_ADDRESS = (None, Fault.ADDRESS, Fault.UNSAID)
ANSWER = re.compile(r"([45]\d\d)(?:[ -]|$)")


@transaction.atomic
def record_bounce(*, address: str, reason: str) -> bool:
    """Send no more to an address that bounces for good; False when it isn't one, or nobody's.

    What the receiving server has against us is told to staff and condemns nobody.
    """
    user, fault = User.objects.with_address(address).first(), _fault(reason)
    if fault == Fault.US:
        tell_staff(PROVIDER, words=reason)
    if fault not in ABOUT_ADDRESS:
        return False
    was_companion = end_refused(address)
    if user is None:
        return was_companion
    refuse_mail(user, reason=reason)
    record("mail.bounced", actor=None, subject=user)
    return True


def _fault(reason: str) -> Fault | None:
    """Whose fault the receiving server's answer says it is; None for words without a code."""
    answer = ANSWER.match(reason)
    enhanced = read_enhanced(reason[answer.end() :] if answer else reason)
    if answer is None and enhanced is None:
        return None
    code = int(answer[1]) if answer else UNKNOWN_CODE
    return whose_fault(Phase.RCPT, code, enhanced)


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
    except (ValueError, RecursionError) as error:
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
    address, reason = content["address"], str(content.get("reason", "reported as bouncing"))
    if not (is_storable(address) and is_storable(reason)):
        raise ValueError("The address or the reason holds a sign that can't be stored.")
    return address, reason
