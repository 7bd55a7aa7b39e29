"""Mails that are written when they are sent, since what they say may have changed until then.

An app to the right adds a writer for each such kind. It is called just before the mail goes, in a
transaction of its own: what it locks is still as it was read when the mail is under way.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import OutboxMail


@dataclass(frozen=True)
class Words:
    """What goes to which address."""

    to: str
    subject: str
    text: str
    html: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Unwanted:
    """Not to be sent any more."""

    reason: str


@dataclass(frozen=True)
class NotBefore:
    """To be looked at again then (aware)."""

    moment: datetime


Draft = Words | Unwanted | NotBefore
Writer = Callable[[OutboxMail], Draft]
WRITERS: dict[str, Writer] = {}


def stored_words(mail: OutboxMail) -> Words:
    """The writer of every other kind: what was written when the mail was queued."""
    return Words(
        to=mail.to,
        subject=mail.subject or "",
        text=mail.text or "",
        html=mail.html or "",
        headers=mail.headers or {},
    )
