"""What a page says to someone who waits for a mail that has met with trouble."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest

from accounts.mail.refusals import Fault
from accounts.models import OutboxMail

WITHIN = timedelta(minutes=15)
# As long as a code can be used.
MINUTES = settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT // 60
OURS = (
    f"We haven’t been able to send the mail yet. We keep trying for {MINUTES} minutes, and you can "
    "ask for another one on this page."
)
SAID = {
    Fault.ADDRESS: "The mail server of {email} says that it can’t take mail for this address. "
    "Check it for a typing mistake.",
    Fault.MAILBOX: "The mail server of {email} can’t take our mail for now, perhaps because the "
    f"mailbox is full. We keep trying for {MINUTES} minutes.",
}


def tell_of_trouble(request: HttpRequest, *, email: str) -> None:
    """Say on this page why the newest mail to an address has not been accepted, if it was not.

    The same for an address that has an account and for one that has none.
    """
    for mail in OutboxMail.objects.troubled(email, WITHIN):
        words = SAID.get(Fault(mail.fault), OURS) if mail.fault else OURS
        messages.error(request, words.format(email=email))
