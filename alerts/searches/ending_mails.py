"""Telling learners by mail, once, that a search of theirs has ended or rests by itself.

Never lost and never twice, as alerts are: what is to be sent is a row; it is looked at again and
marked `sending` before the network is touched, and finished by who holds its token. What its
sender's death leaves behind is taken up again after the lease, and counted as in doubt.
"""

import logging
import time
import uuid
from datetime import date, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import DateTimeField, F, Func
from django.db.models.functions import Now
from django.urls import reverse

from accounts.config import SENDING
from accounts.learners import read_learner
from accounts.mail import breakers
from accounts.mail.blaming import is_free, note_accepted, note_put_off
from accounts.mail.breakers import Turn, ask_turn
from accounts.mail.headers import message_id
from accounts.mail.refused_addresses import is_mail_refused, refuse_mail
from accounts.mail.results import Accepted, Never, Result, TryLater
from accounts.mail.retries import delay_after
from accounts.mail.smtp import PROVIDER, Envelope, Mail, mailer, seal
from accounts.models import SavedSearch, User
from alerts import wording
from alerts.messages import links
from alerts.messages.rendering import render
from alerts.models import SearchEnding
from alerts.searches.resting import why_resting
from audit.clock import database_today
from slots.wording import day

logger = logging.getLogger(__name__)

State = SearchEnding.State
# By whether it only rests: the template and what the subject begins with.
KINDS = {
    False: ("search_ended", "Your search has ended"),
    True: ("search_resting", "Your search rests"),
}
# Nobody waits for it by the second: a day or so of refusals, at ten minutes each.
MOST_ATTEMPTS = 150
SECONDS_EACH = 20.0
LEASE = timedelta(seconds=60)


def send_ending_mails(*, seconds: float) -> int:
    """Send what is due until nothing is, or the time is up; how many were accepted.

    Any number may run at once.
    """
    until = time.monotonic() + seconds
    accepted = 0
    while time.monotonic() < until and _is_due() and (turn := _ask_turn()):
        ending = _next()
        if ending is None:
            turn.give_back()
            break
        accepted += _send(ending, turn)
    return accepted


def _is_due() -> bool:
    return SENDING.value() and SearchEnding.objects.due().exists()


def _ask_turn() -> Turn | None:
    return ask_turn(PROVIDER, seconds=SECONDS_EACH)


def _send(ending: SearchEnding, turn: Turn) -> bool:
    """Send it if it is still to be sent; whether it was accepted."""
    envelope = _started(ending)
    if envelope is None:
        turn.give_back()
        return False
    return _finish(ending, mailer().send(envelope, seconds=SECONDS_EACH), turn)


def _started(ending: SearchEnding) -> Envelope | None:
    try:
        return _start(ending)
    except OperationalError:
        raise
    except Exception as error:  # whatever is wrong with one mail must not stop the others
        logger.exception("the mail about %s could not be made", ending)
        _retry(ending, TryLater(f"{type(error).__name__}: {error}"))
    return None


@transaction.atomic
def _next() -> SearchEnding | None:
    """Take up the one that has been due for longest; it is anybody's again after the lease."""
    due = SearchEnding.objects.due().select_for_update(skip_locked=True)
    ending = due.order_by("next_attempt_at").first()
    if ending:
        token = uuid.uuid4()
        SearchEnding.objects.filter(pk=ending.pk).update(
            state=State.SENDING, token=token, next_attempt_at=Now() + LEASE,
            attempts=F("attempts") + 1, in_doubt=F("in_doubt") + int(ending.state == State.SENDING),
        )  # fmt: skip
        ending.refresh_from_db()
    return ending


@transaction.atomic
def _start(ending: SearchEnding) -> Envelope | None:
    """Look again, with whoever might change it waiting, and make the mail; None for no mail."""
    user = _recipient(ending)
    search = SavedSearch.objects.select_for_update().get(pk=ending.search_id)
    if reason := _unwanted(ending, user, search):
        _update(ending, state=State.SUPPRESSED, last_error=reason)
    elif user.quiet_ends:
        _put_back(ending, free=True, next_attempt_at=user.quiet_ends)
    else:
        return seal(compose(ending, user, search))
    return None


def _recipient(ending: SearchEnding) -> Any:
    """The user, locked, with `quiet_ends`: when the quiet hours end that last now, or None."""
    quiet_ends = Func(
        Now(), "quiet_from", "quiet_until",
        function="end_of_quiet_hours", output_field=DateTimeField(),
    )  # fmt: skip
    people = User.objects.annotate(quiet_ends=quiet_ends).select_for_update(of=("self",))
    return people.get(pk=ending.user_id)


def _unwanted(ending: SearchEnding, user: User, search: SavedSearch) -> str | None:
    if ending.booked_for is None and search.is_active:
        return "the search was started again"
    if ending.booked_for and not _still_rests(ending.booked_for, user, search):
        return "the search doesn't rest any more"
    if not user.is_active:
        return "the account is disabled"
    if is_mail_refused(user):
        return "the address refuses mail"
    if not EmailAddress.objects.filter(user=user, primary=True, verified=True).exists():
        return "the address is not verified"
    return None


def _still_rests(booked_for: date, user: User, search: SavedSearch) -> bool:
    learner = read_learner(user, today=database_today())
    is_booked = booked_for in {each.date for each in learner.bookings.values()}
    rests = why_resting(search, learner, search.centers.all())
    return search.is_active and is_booked and bool(rests)


def compose(ending: SearchEnding, user: User, search: SavedSearch) -> Mail:
    """The mail in text and HTML; the same Message-ID at every try."""
    names = [center.name for center in search.centers.all()]
    learner = read_learner(user, today=database_today())
    unsubscribe = links.unsubscribe_url(user_id=user.pk, search_ids=[search.pk])
    name, subject = KINDS[ending.booked_for is not None]
    context = {
        "title": wording.title(search, centers=names),
        "promise": wording.promise(search, centers=names, booked=learner.booked_days),
        "day": day(ending.tells_until),
        "booked_for": day(ending.booked_for) if ending.booked_for else "",
        "bookings_url": f"{settings.SITE_URL}{reverse('bookings')}",
        "url": links.search_url(search.pk),
        "got_a_test_url": links.got_a_test_url(user_id=user.pk),
        "unsubscribe_url": unsubscribe,
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
    }
    return Mail(
        to=user.email,
        subject=" ".join(f"{subject}: {context['title']}".split()),
        text=render(f"{name}.txt", context),
        html=render(f"{name}.html", context),
        message_id=message_id(ending.message_id),
        headers={
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


@transaction.atomic
def _finish(ending: SearchEnding, result: Result, turn: Turn) -> bool:
    """Record what became of it; whether it was accepted."""
    if isinstance(result, Accepted):
        note_accepted(PROVIDER)
        return _update(ending, state=State.ACCEPTED, accepted_at=Now(), last_error=None)
    if isinstance(result, Never):
        _refuse(ending, result)
    else:
        _put_off(ending, result, turn)
    return False


def _refuse(ending: SearchEnding, refusal: Never) -> None:
    breakers.worked(PROVIDER)
    _update(ending, state=State.FAILED, last_error=refusal.error[:500])
    if refusal.target_gone:
        refuse_mail(ending.user, reason=refusal.error)


def _put_off(ending: SearchEnding, later: TryLater, turn: Turn) -> None:
    learner = User.objects.filter(pk=ending.user_id)
    note_put_off(
        later, provider=PROVIDER, learner=learner, probe=turn.is_probe, again=ending.attempts > 1
    )
    _retry(ending, later, free=is_free(later, probe=turn.is_probe))


def _retry(ending: SearchEnding, later: TryLater, *, free: bool = False) -> None:
    """Uses up an attempt unless it is free."""
    error = later.error[:500]
    if ending.attempts >= MOST_ATTEMPTS and not free:
        _update(ending, state=State.FAILED, last_error=error)
        return
    pause = timedelta(seconds=delay_after(ending.attempts))
    doubts = F("in_doubt") + int(later.in_doubt)
    _put_back(ending, free=free, next_attempt_at=Now() + pause, last_error=error, in_doubt=doubts)


def _put_back(ending: SearchEnding, *, free: bool, **values: Any) -> None:
    """What is free is not counted: the attempt was, when it was taken up."""
    _update(ending, state=State.PENDING, attempts=F("attempts") - int(free), **values)


def _update(ending: SearchEnding, **values: Any) -> bool:
    """Change it if its holder still holds it."""
    held = SearchEnding.objects.filter(pk=ending.pk, state=State.SENDING, token=ending.token)
    kept = held.update(token=None, **values) == 1
    if not kept:
        logger.warning("the end of search %s was taken up by another", ending.search_id)
    return kept
