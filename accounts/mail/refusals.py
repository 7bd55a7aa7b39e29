"""Whose fault a mail server's refusal is, from which all follows: for mail of every kind.

RFC 3463's codes come first, as RFC 2034 puts them before the words; RFC 5321's where there is none.
"""

import re

from django.db.models import TextChoices

# The first digit says whether it passes; then whom it is about, and what about them.
Enhanced = tuple[int, int, int]

CLOSING = 421
MAILBOX_FULL = 552
# Commands or parameters that a server doesn't know, a host that takes no mail, our login.
ABOUT_US = frozenset({500, 501, 502, 503, 504, 521, 530, 534, 535, 538, 555})
# Some servers write "#5.1.0" or "(5.1.0)". An IPv4 address is no such code.
ENHANCED = re.compile(r"[#(\[<]?([245])\.(\d{1,3})\.(\d{1,3})(?![.\d])")


class Phase(TextChoices):
    """What a server was asked when it refused; greeting and login belong to the first."""

    MAIL = "mail", "who sends it"
    RCPT = "rcpt", "whom it is for"
    DATA = "data", "the message"


class Fault(TextChoices):
    """Whose fault a refusal is."""

    ADDRESS = "address", "the address: no more mail goes there"
    MAILBOX = "mailbox", "the mailbox or server for now: tried again"
    US = "us", "us or the link: tried again, and staff are told"
    UNSAID = "unsaid", "not said, us or the address: tried again, and staff are told"
    MESSAGE = "message", "the message: never tried again"


BY_DETAIL = {
    **dict.fromkeys([(1, 0), (1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1)], Fault.ADDRESS),
    (1, 7): Fault.US,  # our own address, as the sender's
    (1, 8): Fault.US,
    (2, 2): Fault.MAILBOX,
    (2, 3): Fault.MESSAGE,  # longer than the mailbox takes
}
BY_SUBJECT = {3: Fault.US, 4: Fault.US, 5: Fault.US, 6: Fault.MESSAGE, 7: Fault.US}


def whose_fault(phase: Phase, code: int, enhanced: Enhanced | None) -> Fault:
    """Whose fault a refusal is; for the enhanced code see read_enhanced.

    Nobody is condemned by what was said before they were named, or by an answer that is none.
    """
    if phase == Phase.MAIL or code == CLOSING or not 400 <= code < 600:  # noqa: PLR2004
        return Fault.US
    if code < 500 or (enhanced and enhanced[0] == 4):  # noqa: PLR2004
        return Fault.MAILBOX
    return _by_enhanced(enhanced) or _by_code(phase, code)


def _by_enhanced(enhanced: Enhanced | None) -> Fault | None:
    """None for a code that says no more than the basic one does."""
    if enhanced is None or enhanced[0] != 5:  # noqa: PLR2004
        return None
    _, subject, detail = enhanced
    return BY_DETAIL.get((subject, detail)) or BY_SUBJECT.get(subject)


def _by_code(phase: Phase, code: int) -> Fault:
    if code in ABOUT_US:
        return Fault.US
    if code == MAILBOX_FULL:
        return Fault.MAILBOX
    return Fault.UNSAID if phase == Phase.RCPT else Fault.MESSAGE


def read_enhanced(words: str) -> Enhanced | None:
    """The enhanced code that a server's words begin with, if they do."""
    found = ENHANCED.match(words.lstrip())
    return (int(found[1]), int(found[2]), int(found[3])) if found else None
