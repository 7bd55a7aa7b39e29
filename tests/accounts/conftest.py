"""A mail server that a test can see into."""

from collections.abc import Iterator

import pytest

from tests.smtp_sink import Sink


@pytest.fixture
def sink(settings) -> Iterator[Sink]:
    """A mail server of the test's own, spoken to by Django's mail backend."""
    server = Sink()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    yield server
    server.close()
