"""E-mail by SMTP on connections that are kept; takes a message, answers what became of it."""

import smtplib
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parseaddr
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

from alerts.channels.deadlines import cut_off_after
from alerts.channels.outcomes import Accepted, Never, Outcome, TryLater

# RFC 5321: 421 ends the connection, whatever it answers; 530, 535 and 538 are about our login.
CLOSING = 421
LOGIN_REFUSED = frozenset({530, 534, 535, 538})
GO_AHEAD = 354


@dataclass(frozen=True)
class Mail:
    """One message to one person; `headers` are those beyond the usual ones."""

    to: str
    subject: str
    text: str
    html: str
    message_id: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Envelope:
    """A message as it goes over the line."""

    sender: str
    recipient: str
    content: bytes


def seal(mail: Mail) -> Envelope:
    """Put a message into its final form; BadHeaderError when a header holds a line break."""
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[mail.to],
        headers={"Message-ID": mail.message_id, **mail.headers},
    )
    message.attach_alternative(mail.html, "text/html")
    return Envelope(
        sender=sanitize_address(parseaddr(settings.DEFAULT_FROM_EMAIL)[1], "utf-8"),
        recipient=sanitize_address(mail.to, "utf-8"),
        content=message.message().as_bytes(linesep="\r\n"),  # type: ignore[call-arg]
    )


def message_id(number: UUID) -> str:
    """The Message-ID with a number of ours, under the domain that we send from."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{number}@{domain}>"


class _StaleError(Exception):
    """A kept connection that the server has closed meanwhile."""


class _RefusedError(Exception):
    """The server's answer ends this message's try."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


class Mailer:
    """One kept connection; not to be shared between threads."""

    def __init__(self) -> None:
        self._backend: EmailBackend | None = None

    def send(self, envelope: Envelope, *, seconds: float) -> Outcome:
        """Hand one message over, within so many seconds in all."""
        until = time.monotonic() + seconds
        try:
            return self._send(envelope, until)
        except _StaleError:
            self.close()
            return self._send(envelope, until)

    def close(self) -> None:
        """Forget the connection, without another word to the server."""
        if self._backend and self._backend.connection:
            self._backend.connection.close()
        self._backend = None

    def _send(self, envelope: Envelope, until: float) -> Outcome:
        kept = self._backend is not None
        try:
            connection, line = self._connection(until)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return TryLater(_words(error), provider_failed=True)
        with cut_off_after(max(until - time.monotonic(), 0), line):
            return self._converse(connection, envelope, kept=kept)

    def _connection(self, until: float) -> tuple[smtplib.SMTP, socket.socket]:
        """The connection and the socket under it."""
        if self._backend is None:
            self._backend = EmailBackend(timeout=min(settings.EMAIL_TIMEOUT, _left(until)))
            self._backend.open()
        _left(until)
        connection = self._backend.connection
        if connection is None or connection.sock is None:
            raise smtplib.SMTPServerDisconnected("the line is down")
        return connection, connection.sock

    def _converse(self, connection: smtplib.SMTP, envelope: Envelope, *, kept: bool) -> Outcome:
        try:
            _announce(connection, envelope, kept=kept)
        except _RefusedError as refused:
            self._tidy(connection)
            return refused.outcome
        except (OSError, smtplib.SMTPException) as error:
            if kept:
                raise _StaleError from error
            self.close()
            return TryLater(_words(error), provider_failed=True)
        return self._hand_over(connection, envelope)

    def _hand_over(self, connection: smtplib.SMTP, envelope: Envelope) -> Outcome:
        """From here on a line that drops leaves it open whether the message was taken."""
        try:
            code, text = _transmit(connection, envelope.content)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return TryLater(_words(error), provider_failed=True, in_doubt=True)
        if 200 <= code < 300:  # noqa: PLR2004
            return Accepted()
        if code == CLOSING:
            self.close()
        return _answer(code, text)

    def _tidy(self, connection: smtplib.SMTP) -> None:
        """Make the connection fit for the next message, or forget it."""
        try:
            if connection.rset()[0] != 250:  # noqa: PLR2004
                self.close()
        except (OSError, smtplib.SMTPException):
            self.close()


def _announce(connection: smtplib.SMTP, envelope: Envelope, *, kept: bool) -> None:
    """MAIL, RCPT and DATA, up to the go-ahead; _RefusedError holds what was answered instead."""
    code, text = connection.mail(envelope.sender)
    if code == CLOSING and kept:
        raise _StaleError
    if code != 250:  # noqa: PLR2004
        raise _RefusedError(TryLater(_said(code, text), provider_failed=True))
    code, text = connection.rcpt(envelope.recipient)
    if code not in (250, 251):
        raise _RefusedError(_answer(code, text, about_address=True))
    code, text = connection.docmd("DATA")
    if code != GO_AHEAD:
        raise _RefusedError(_answer(code, text))


def _transmit(connection: smtplib.SMTP, content: bytes) -> tuple[int, bytes]:
    """The message with its lines' first dots doubled and the closing dot (RFC 5321, 4.5.2)."""
    body = content.replace(b"\r\n.", b"\r\n..")
    body = b"." + body if body.startswith(b".") else body
    connection.send(body + (b".\r\n" if body.endswith(b"\r\n") else b"\r\n.\r\n"))
    return connection.getreply()


def _answer(code: int, text: bytes, *, about_address: bool = False) -> Outcome:
    """What a code means: 4xx passes, 5xx doesn't, and some are about us and not the message."""
    said = _said(code, text)
    if code == CLOSING or code in LOGIN_REFUSED:
        return TryLater(said, provider_failed=True)
    if 500 <= code < 600:  # noqa: PLR2004
        return Never(said, target_gone=about_address)
    return TryLater(said)


def _left(until: float) -> float:
    """Seconds until then, by this process's own steady clock; TimeoutError when there are none."""
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("no time is left for this message")
    return seconds


def _said(code: int, text: bytes) -> str:
    return f"{code} {text.decode('utf-8', 'replace')}"[:500]


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]


_local = threading.local()


def mailer() -> Mailer:
    """This thread's own mailer, with the connection that it kept."""
    if not hasattr(_local, "mailer"):
        _local.mailer = Mailer()
    return _local.mailer
