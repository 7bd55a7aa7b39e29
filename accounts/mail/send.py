"""Sending what the outbox holds: claimed, written or read, handed over, and its result recorded.

Never lost and never twice, as alerts are: a mail is marked `sending` before the network is
touched, and finished by the holder of its token. What its sender's death leaves behind is taken
up again after the lease, and counted as in doubt.
"""

import logging
import time
import uuid
from datetime import timedelta
from typing import Any

from django.db import OperationalError, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from accounts.mail import breakers
from accounts.mail.blaming import is_free, note_accepted, note_put_off
from accounts.mail.breakers import Turn, ask_turn
from accounts.mail.drafts import WRITERS, Draft, NotBefore, Unwanted, Words, stored_words
from accounts.mail.headers import message_id
from accounts.mail.refused_addresses import is_mail_refused, refuse_mail
from accounts.mail.results import Accepted, Never, Result, TryLater
from accounts.mail.retries import MOST_DOUBTS, delay_after
from accounts.mail.smtp import PROVIDER, Envelope, Mail, mailer, seal
from accounts.models import OutboxMail, User

logger = logging.getLogger(__name__)

State = OutboxMail.State
SECONDS_EACH = 20.0
LEASE = timedelta(seconds=60)
SAYS_NOTHING: dict[str, None] = {"subject": None, "text": None, "html": None, "headers": None}


def send_outbox(*, seconds: float) -> int:
    """Send what is due until nothing is, or the time is up. Returns the number of accepted mails.

    Any number may run at once.
    """
    until = time.monotonic() + seconds
    accepted = 0
    end_outlived()
    while time.monotonic() < until and OutboxMail.objects.due().exists():
        turn = ask_turn(PROVIDER, seconds=SECONDS_EACH)
        mail = _claim() if turn else None
        if turn and mail:
            accepted += _send(mail, turn)
            continue
        if turn:
            turn.give_back()
        break
    return accepted


def end_outlived() -> None:
    """Forget what the mails say that are of no use any more."""
    ended = OutboxMail.objects.outlived().update(state=State.EXPIRED, token=None, **SAYS_NOTHING)
    if ended:
        logger.warning("mails that never left and are of no use any more: %d", ended)


@transaction.atomic
def _claim() -> OutboxMail | None:
    """Take up the next one; it is anybody's again after the lease."""
    mail = OutboxMail.objects.due().select_for_update(skip_locked=True, of=("self",)).first()
    if mail:
        OutboxMail.objects.filter(pk=mail.pk).update(
            state=State.SENDING, token=uuid.uuid4(), next_attempt_at=Now() + LEASE,
            attempts=F("attempts") + 1, in_doubt=F("in_doubt") + int(mail.state == State.SENDING),
        )  # fmt: skip
        mail.refresh_from_db()
    return mail


def _send(mail: OutboxMail, turn: Turn) -> bool:
    """Send it if it can be; whether it was accepted."""
    envelope = _seal(mail)
    if envelope is None:
        turn.give_back()
        return False
    return _finish(mail, mailer().send(envelope, seconds=SECONDS_EACH), turn)


def _seal(mail: OutboxMail) -> Envelope | None:
    """What is to be sent; None for nothing, or not now."""
    try:
        draft = Unwanted("the address is refused") if _is_refused(mail) else _draft(mail)
    except OperationalError:
        raise
    except Exception as error:  # whatever is wrong with one mail must not stop the others
        logger.exception("%s can't be written", mail)
        _retry(mail, last_error=f"{type(error).__name__}: {error}"[:500])
        return None
    match draft:
        case Words():
            return _envelope(mail, draft)
        case Unwanted(reason):
            _update(mail, state=State.SUPPRESSED, last_error=reason, **SAYS_NOTHING)
        case NotBefore(moment):
            _retry(mail, free=True, next_attempt_at=moment, not_before=moment)
    return None


def _is_refused(mail: OutboxMail) -> bool:
    """A mail that someone waits for shows whether the address is still refused."""
    return not mail.is_awaited and any(map(is_mail_refused, _owner(mail)))


@transaction.atomic
def _draft(mail: OutboxMail) -> Draft:
    return WRITERS.get(mail.kind, stored_words)(mail)


def _envelope(mail: OutboxMail, words: Words) -> Envelope | None:
    if words.to != mail.to:
        mail.to = words.to
        mail.save(update_fields=["to"])
    try:
        return seal(_message(mail, words))
    except ValueError as error:  # an address or a subject that no header can hold
        logger.warning("%s can't be sent: %s", mail, error)
        _update(mail, state=State.FAILED, last_error=str(error)[:500], **SAYS_NOTHING)
        return None


def _message(mail: OutboxMail, words: Words) -> Mail:
    return Mail(
        to=words.to,
        subject=" ".join(words.subject.split()),
        text=words.text,
        html=words.html,
        message_id=message_id(mail.message_id),
        headers=dict(words.headers),
    )


@transaction.atomic
def _finish(mail: OutboxMail, result: Result, turn: Turn) -> bool:
    """Record what became of it; whether it was accepted."""
    if isinstance(result, Accepted):
        note_accepted(PROVIDER)
        ended: dict[str, Any] = {"accepted_at": Now(), "last_error": None, "fault": None}
        return _update(mail, state=State.ACCEPTED, **ended, **SAYS_NOTHING)
    logger.warning("%s was not accepted: %s", mail, result.error)
    if isinstance(result, Never):
        _refuse(mail, result)
    else:
        _put_off(mail, result, turn)
    return False


def _refuse(mail: OutboxMail, refusal: Never) -> None:
    breakers.worked(PROVIDER)
    _update(
        mail, state=State.FAILED, last_error=refusal.error[:500], fault=refusal.fault,
        **SAYS_NOTHING,
    )  # fmt: skip
    owner = _owner(mail).first()
    if refusal.target_gone and owner:
        refuse_mail(owner, reason=refusal.error)


def _put_off(mail: OutboxMail, later: TryLater, turn: Turn) -> None:
    note_put_off(
        later, provider=PROVIDER, learner=_owner(mail), probe=turn.is_probe,
        again=mail.attempts > 1,
    )  # fmt: skip
    error = {"last_error": later.error[:500], "fault": later.fault}
    doubts = mail.in_doubt + int(later.in_doubt)
    if doubts >= MOST_DOUBTS:
        _update(mail, state=State.FAILED, in_doubt=doubts, **error, **SAYS_NOTHING)
        return
    _retry(mail, free=is_free(later, probe=turn.is_probe), in_doubt=doubts, **error)


def _retry(mail: OutboxMail, *, free: bool = False, **values: Any) -> None:
    """Later; what is free uses up no attempt and waits no longer than after the first."""
    pause = timedelta(seconds=delay_after(1 if free else mail.attempts))
    when = {"next_attempt_at": Now() + pause} | values
    _update(mail, state=State.PENDING, attempts=mail.attempts - int(free), **when)


def _owner(mail: OutboxMail) -> QuerySet[User]:
    """Whose address it is, while it still is."""
    return User.objects.filter(outbox_mails=mail, email__iexact=mail.to)


def _update(mail: OutboxMail, **values: Any) -> bool:
    """Change it if its holder still holds it."""
    held = OutboxMail.objects.filter(pk=mail.pk, state=State.SENDING, token=mail.token)
    kept = held.update(token=None, **values) == 1
    if not kept:
        logger.warning("%s was taken up by another", mail)
    return kept
