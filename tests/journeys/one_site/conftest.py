"""One running site for all the journeys here: they change nothing of how it runs."""

from collections.abc import Iterator

import pytest

from tests.journeys.site import Site, running_site
from tests.push_endpoint import PushService

HOST = "journey.push.test"


@pytest.fixture(scope="package")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PushService]:
    """The push service that the site is told of."""
    service = PushService(tmp_path_factory.mktemp("push"), HOST)
    yield service
    service.close()


@pytest.fixture(scope="package")
def site(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory, service: PushService
) -> Iterator[Site]:
    """Alerts are gathered for a second; slots are imported at times that no two tests share."""
    told = {
        "DJANGO_SETTINGS_MODULE": "tests.drills.loopback_settings",
        "SSL_CERT_FILE": str(service.certificate),
    }
    with running_site(tmp_path_factory.mktemp("site"), coalesce=1, **told) as site:
        yield site
