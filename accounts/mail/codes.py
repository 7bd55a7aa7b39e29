"""A code that is mailed to an address: who types it in has shown that mail arrives there."""

import time

from allauth.account.adapter import get_adapter
from django.http import HttpRequest

from accounts.code_forms import CodeByMailForm

KEY = "mailed_code"
SECONDS = 10 * 60
MOST_TRIES = 5


def mail_code(request: HttpRequest, *, email: str) -> None:
    """Mail a new code, good for SECONDS in this session; a mail that fails is said on its page."""
    adapter = get_adapter(request)
    code = adapter.generate_email_verification_code()
    request.session[KEY] = {"email": email, "code": code, "at": time.time(), "tries": 0}
    adapter.send_mail("account/email/mail_again", email, {"code": code})


def is_code_awaited(request: HttpRequest, *, email: str) -> bool:
    """Whether a code that was mailed to this address may still be typed in."""
    mailed = request.session.get(KEY)
    if not mailed or mailed["email"] != email or mailed["tries"] >= MOST_TRIES:
        return False
    return bool(time.time() - mailed["at"] <= SECONDS)


def read_code(request: HttpRequest) -> CodeByMailForm:
    """The form for the code that is awaited; valid once it holds that one, and each try counts."""
    mailed = request.session[KEY]
    form = CodeByMailForm(request.POST or None, code=mailed["code"])
    if form.is_valid():
        del request.session[KEY]
    elif form.is_bound:
        request.session[KEY] = mailed | {"tries": mailed["tries"] + 1}
    return form
