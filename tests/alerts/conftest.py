"""A mail server that a test can see into."""

from collections.abc import Iterator

import pytest

from accounts.mail.smtp import mailer
from tests.push_endpoint import PushService
from tests.smtp_sink import Sink


@pytest.fixture
def sink(settings) -> Iterator[Sink]:
    """A mail server of the test's own; this thread's kept connection to the last one is left."""
    server = Sink()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    mailer().close()
    yield server
    mailer().close()
    server.close()


@pytest.fixture
def push_service(settings, monkeypatch, tmp_path) -> Iterator[PushService]:
    """A push service on the loopback address, which only tests may speak to."""
    service = PushService(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(service.certificate))
    settings.OUTBOUND_ALLOW_LOOPBACK = True
    settings.PUSH_HOSTS = ["localhost"]
    yield service
    service.close()
