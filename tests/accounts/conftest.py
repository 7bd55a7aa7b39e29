"""A mail server that a test can see into."""

from collections.abc import Iterator

import pytest

from accounts.mail.smtp import mailer
from tests.smtp_sink import Sink


@pytest.fixture
def sink(settings) -> Iterator[Sink]:
    """A mail server of the test's own; this thread's kept connection to the last one is left."""
    server = Sink()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    mailer().close()
    yield server
    mailer().close()
    server.close()
