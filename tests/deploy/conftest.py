"""The site as deployed, started once for all that asks it."""

from collections.abc import Iterator

import pytest

from tests.deploy.front import Deployed, Front, deployed, make_front
from tests.smtp_sink import Sink


@pytest.fixture(scope="package")
def mail() -> Iterator[Sink]:
    """The mail server that the site is told of."""
    sink = Sink()
    yield sink
    sink.close()


@pytest.fixture(scope="package")
def front(tmp_path_factory: pytest.TempPathFactory) -> Front:
    """nginx's configuration, ready to be read."""
    return make_front(tmp_path_factory.mktemp("nginx"))


@pytest.fixture(scope="package")
def site(front: Front, mail: Sink, django_db_setup: None, static_files: None) -> Iterator[Deployed]:
    """gunicorn behind nginx, as on a server."""
    with deployed(front, mail.port) as site:
        yield site
