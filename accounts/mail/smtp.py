"""Email by SMTP on connections that are kept; takes a message, answers what became of it."""

import smtplib
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import partial

from django.conf import settings

from accounts.mail.headers import AUTOMATIC, bare_address
from accounts.mail.mime import address, alternatives
from accounts.mail.refusals import CLOSING, Fault, Phase, read_enhanced, whose_fault
from accounts.mail.results import Accepted, Never, Result, TryLater
from accounts.mail.smtp_backend import WatchedBackend
from accounts.outbound.deadlines import cut_off_after, send_at_once

# By what name its failing is counted.
PROVIDER = "smtp"
GO_AHEAD = 354

Answer = tuple[int, bytes]


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
    """Put a message into its final form; ValueError when a header would hold a line break."""
    recipient = address(mail.to)
    headers = {
        "From": address(settings.DEFAULT_FROM_EMAIL),
        "To": recipient,
        "Subject": mail.subject,
        "Date": formatdate(),
        "Message-ID": mail.message_id,
        **AUTOMATIC,
        **mail.headers,
    }
    return Envelope(
        sender=address(bare_address(settings.DEFAULT_FROM_EMAIL)),
        recipient=recipient,
        content=alternatives(headers, text=mail.text, html=mail.html),
    )


class _StaleError(Exception):
    """A kept connection that the server has closed meanwhile."""


class _RefusedError(Exception):
    """The server's answer ends this message's try."""

    def __init__(self, result: Result) -> None:
        super().__init__(result)
        self.result = result


class Mailer:
    """One kept connection; not to be shared between threads."""

    def __init__(self) -> None:
        self._backend: WatchedBackend | None = None

    def send(self, envelope: Envelope, *, seconds: float) -> Result:
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

    def _send(self, envelope: Envelope, until: float) -> Result:
        kept = self._backend is not None
        try:
            connection, line = self._connection(until)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            said = isinstance(error, smtplib.SMTPResponseException)
            fault = Fault.US if said else None
            return TryLater(_words(error), provider_failed=True, fault=fault)
        with cut_off_after(max(until - time.monotonic(), 0), line):
            return self._converse(connection, envelope, kept=kept)

    def _connection(self, until: float) -> tuple[smtplib.SMTP, socket.socket]:
        """The connection and the socket under it."""
        if self._backend is None:
            with ExitStack() as watching:
                self._backend = _connected(until, watching)
        _left(until)
        connection = self._backend.connection
        if connection is None or connection.sock is None:
            raise smtplib.SMTPServerDisconnected("the line is down")
        return connection, connection.sock

    def _converse(self, connection: smtplib.SMTP, envelope: Envelope, *, kept: bool) -> Result:
        try:
            _announce(connection, envelope, kept=kept)
        except _RefusedError as refused:
            self._tidy(connection)
            return refused.result
        except (OSError, smtplib.SMTPException) as error:
            if kept:
                raise _StaleError from error
            self.close()
            return TryLater(_words(error), provider_failed=True)
        return self._hand_over(connection, envelope)

    def _hand_over(self, connection: smtplib.SMTP, envelope: Envelope) -> Result:
        """From here on a line that drops leaves it open whether the message was taken."""
        try:
            code, text = _transmit(connection, envelope.content)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return TryLater(_words(error), provider_failed=True, in_doubt=True)
        if 200 <= code < 300:  # noqa: PLR2004
            return Accepted(_said(code, text))
        if code == CLOSING:
            self.close()
        return _meaning(Phase.DATA, code, text)

    def _tidy(self, connection: smtplib.SMTP) -> None:
        """Make the connection fit for the next message, or forget it."""
        try:
            if connection.rset()[0] != 250:  # noqa: PLR2004
                self.close()
        except (OSError, smtplib.SMTPException):
            self.close()


def _connected(until: float, watching: ExitStack) -> WatchedBackend:
    """We greet and are greeted before the time is up; OSError or SMTPException where not."""

    def watch(line: socket.socket) -> None:
        watching.enter_context(cut_off_after(max(until - time.monotonic(), 0), line))

    backend = WatchedBackend(seconds=min(settings.EMAIL_TIMEOUT, _left(until)), watch=watch)
    backend.open()
    if backend.connection and backend.connection.sock:
        send_at_once(backend.connection.sock)
        backend.connection.ehlo_or_helo_if_needed()
    return backend


def _announce(connection: smtplib.SMTP, envelope: Envelope, *, kept: bool) -> None:
    """MAIL, RCPT and DATA, up to the go-ahead; _RefusedError holds what was answered instead."""
    commands = (f"MAIL FROM:<{envelope.sender}>", f"RCPT TO:<{envelope.recipient}>", "DATA")
    ask = _ask_at_once if connection.has_extn("pipelining") else _ask_in_turn
    answers = ask(connection, commands)
    if answers[0][0] == CLOSING and kept:
        raise _StaleError
    for answer, good, meaning in zip(answers, GO_ON, MEANINGS, strict=False):
        if answer[0] not in good:
            _take_back(connection, answers)
            raise _RefusedError(meaning(*answer))


def _ask_in_turn(connection: smtplib.SMTP, commands: Sequence[str]) -> list[Answer]:
    """The answers up to the first that is not a good one."""
    answers: list[Answer] = []
    for command, good in zip(commands, GO_ON, strict=True):
        answers.append(connection.docmd(command))
        if answers[-1][0] not in good:
            break
    return answers


def _ask_at_once(connection: smtplib.SMTP, commands: Sequence[str]) -> list[Answer]:
    """All in one packet (RFC 2920), which halves the waiting; fewer answers when it closes."""
    connection.send("".join(f"{command}\r\n" for command in commands))
    answers: list[Answer] = []
    while len(answers) < len(commands) and (not answers or answers[-1][0] != CLOSING):
        answers.append(connection.getreply())
    return answers


def _take_back(connection: smtplib.SMTP, answers: Sequence[Answer]) -> None:
    """A server that gives the go-ahead with no recipient left waits for the closing dot."""
    if answers[-1][0] == GO_AHEAD:
        connection.send(".\r\n")
        connection.getreply()


def _transmit(connection: smtplib.SMTP, content: bytes) -> tuple[int, bytes]:
    """The message with its lines' first dots doubled and the closing dot (RFC 5321, 4.5.2)."""
    body = content.replace(b"\r\n.", b"\r\n..")
    body = b"." + body if body.startswith(b".") else body
    connection.send(body + (b".\r\n" if body.endswith(b"\r\n") else b"\r\n.\r\n"))
    return connection.getreply()


def _meaning(phase: Phase, code: int, text: bytes) -> Result:
    """What follows from a refusal."""
    said = _said(code, text)
    fault = whose_fault(phase, code, read_enhanced(text.decode("utf-8", "replace")))
    if fault in (Fault.ADDRESS, Fault.MESSAGE):
        return Never(said, target_gone=fault == Fault.ADDRESS, fault=fault)
    failed = fault != Fault.MAILBOX
    of_one = failed and phase != Phase.MAIL and code != CLOSING
    return TryLater(said, provider_failed=failed, of_one=of_one, fault=fault)


# To MAIL, RCPT and DATA: which answers let us go on, and what another means.
GO_ON = (frozenset({250}), frozenset({250, 251}), frozenset({GO_AHEAD}))
MEANINGS = tuple(partial(_meaning, phase) for phase in (Phase.MAIL, Phase.RCPT, Phase.DATA))


def _said(code: int, text: bytes) -> str:
    return f"{code} {text.decode('utf-8', 'replace')}"[:500]


def _left(until: float) -> float:
    """Seconds until then, by this process's own steady clock; TimeoutError when there are none."""
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("no time is left for this message")
    return seconds


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:500]


_local = threading.local()


def mailer() -> Mailer:
    """This thread's own mailer, with the connection that it kept."""
    if not hasattr(_local, "mailer"):
        _local.mailer = Mailer()
    return _local.mailer
