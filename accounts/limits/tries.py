"""Limits on guessing what only one person should know or get.

A try is counted before it is made and given back if it was right, so that tries side by side are
each counted. Whom a limit stops depends on where they try from:

- a browser in which the account has signed in before has a limit of its own, which nobody else
  uses up;
- from anywhere else, at one account from one network (`here`), at all accounts from one network
  (`network`), and at one account from all networks together (`everywhere`).

A network is an IPv4 address or an IPv6 /64. `everywhere` is far above `here`: who owns the account
and comes with a new browser while many networks guess at it gets in by the mailed link.
"""

import math
from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from accounts.limits.devices import device_of
from accounts.limits.recording import record_once
from accounts.limits.windows import Counted, Limit, count, give_back, network_of
from accounts.models import TryWindow, User
from audit.addresses import client_address

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# Behind a unix socket without a proxy there is no address; all such requests count as one.
NO_ADDRESS = "0.0.0.0"  # noqa: S104
TOO_MANY = "user.tries_limited"

Most = tuple[int, timedelta]


@dataclass(frozen=True)
class Tries:
    """How often one thing may be tried: so many in so long, for each place one may try from."""

    name: str
    says: str
    device: Most = (10, 15 * MINUTE)
    here: Most = (5, 5 * MINUTE)
    network: Most = (10, MINUTE)
    everywhere: Most = (100, HOUR)


PASSWORDS = Tries(
    "password",
    "That was wrong too often. Wait {wait}, then try again, or leave the password empty to get a "
    "code by email",
)
# Three of a million codes are right at any time, and who may try has given the password.
CODES = Tries("code", "That was wrong too often. Wait {wait}, then try again", everywhere=(50, DAY))
# Each sends a mail; the links of all of them work.
RESETS = Tries(
    "reset",
    "We have sent several mails already. Use the link of any of them, or wait {wait}",
    here=(5, 10 * MINUTE),
    network=(30, HOUR),
    everywhere=(20, HOUR),
)
# The same, but only the browser that asked can use the code: a whole class may sign up at once.
CODE_MAILS = Tries(
    "code mail",
    "We have sent several codes to this address already. Wait {wait}, then ask for another",
    here=(5, 10 * MINUTE),
    network=(60, HOUR),
    everywhere=(20, HOUR),
)
# A code is one of 25 thousand million. CODE_MAILS ends before this does.
MAILED_CODES = Tries(
    "mailed code", "That was wrong too often. Wait {wait}, then try again", everywhere=(200, HOUR)
)


class TooManyTries(ValidationError):
    """Says why, and in how many minutes one may try again."""

    def __init__(self, tries: Tries, seconds: int) -> None:
        minutes = math.ceil(seconds / 60)
        wait = "a minute" if minutes == 1 else f"{minutes} minutes"
        super().__init__(tries.says.format(wait=wait), code="too_many_tries")


@dataclass(frozen=True)
class Try:
    """A try that was counted."""

    keys: tuple[str, ...]

    def take_back(self) -> None:
        """Hold it against nobody: it was right, or was not made."""
        give_back(TryWindow, self.keys)


def begin_try(tries: Tries, request: HttpRequest, *, email: str) -> Try:
    """Count a try at the account with this address, there or not; raises TooManyTries."""
    counted = count(TryWindow, *_limits(tries, request, email.lower()))
    over = [each for each in counted if each.is_over]
    admitted = Try(tuple(each.limit.key for each in counted if not each.is_over))
    if over:
        # What one network is refused counts for it alone, not towards `everywhere`.
        admitted.take_back()
        _record(tries, over, email)
        raise TooManyTries(tries, max(each.seconds for each in over))
    return admitted


def _limits(tries: Tries, request: HttpRequest, email: str) -> list[Limit]:
    account = _hidden(email)
    device = device_of(request)
    if device.people and device.knows(_user(email)):
        return [Limit(f"{tries.name}/device/{device.name}/{account}", *tries.device)]
    network = network_of(client_address(request) or NO_ADDRESS)
    return [
        Limit(f"{tries.name}/here/{account}/{network}", *tries.here),
        Limit(f"{tries.name}/network/{network}", *tries.network),
        Limit(f"{tries.name}/everywhere/{account}", *tries.everywhere),
    ]


def _hidden(email: str) -> str:
    """A name for an account that tells nobody whose it is."""
    return salted_hmac("tries", email, algorithm="sha256").hexdigest()[:32]


def _user(email: str) -> User | None:
    return User.objects.filter(email=email).first()


def _record(tries: Tries, over: list[Counted], email: str) -> None:
    for each in over:
        if each.is_first_over:
            kind = each.limit.key.split("/")[1]
            subject = _user(email)
            told = {"what": tries.name, "limit": kind}
            record_once(TOO_MANY, each.limit.key, actor=None, subject=subject, **told)
