"""Django's SMTP backend, which tells of its socket at once: a greeting too may take for ever."""

import smtplib
import socket
from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.mail.backends.smtp import EmailBackend

Watch = Callable[[socket.socket], object]


class _Telling(smtplib.SMTP):
    """Tells of each socket that the conversation goes on with, before a word is said on it."""

    def __init__(self, *arguments: Any, watch: Watch, **named: Any) -> None:
        self._watch = watch
        super().__init__(*arguments, **named)

    def _get_socket(self, *arguments: Any) -> socket.socket:
        line: socket.socket = super()._get_socket(*arguments)  # type: ignore[misc]  # not in stubs
        self._watch(line)
        return line

    def starttls(self, *arguments: Any, **named: Any) -> tuple[int, bytes]:
        answer = super().starttls(*arguments, **named)
        if self.sock:
            self._watch(self.sock)
        return answer


class _TellingOverTls(_Telling, smtplib.SMTP_SSL):
    """The same for a port that speaks TLS from the first byte."""


class WatchedBackend(EmailBackend):
    """Django's own; `watch` is called with each socket, `seconds` is how long one read may take."""

    def __init__(self, *, seconds: float, watch: Watch) -> None:
        super().__init__(timeout=seconds)
        self._watch = watch

    @property
    def connection_class(self) -> Callable[..., smtplib.SMTP]:  # type: ignore[override]  # called only
        """Called with what Django says of the server."""
        return partial(_TellingOverTls if self.use_ssl else _Telling, watch=self._watch)
