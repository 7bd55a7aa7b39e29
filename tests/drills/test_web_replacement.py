"""Web workers are replaced under load, and no request fails."""

import time

import pytest

from tests.drills.web_service import Load, WebService, ask
from tests.servers import wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.drill,
    pytest.mark.usefixtures("static_files"),
]

PATHS = (b"/healthz", b"/centers/", b"/privacy/")


@pytest.fixture
def service(tmp_path):
    service = WebService(tmp_path)
    service.start()
    assert ask(service.address, b"/healthz").endswith(b"ok\n")
    yield service
    service.close()


@pytest.mark.parametrize("times", [1, pytest.param(20, marks=pytest.mark.long)])
@pytest.mark.parametrize("how", ["reload", "restart"])
def test_no_request_fails_while_workers_are_replaced(service, how, times):
    with Load(service.address, PATHS, clients=8) as load:
        for number in range(times):
            answered = load.answered
            getattr(service, how)()
            # The new workers have to serve before they are replaced in their turn.
            assert wait_until(lambda n=number: service.workers_started() >= 4 + 2 * n, seconds=180)
            assert wait_until(lambda a=answered: load.answered > a + 20, seconds=180)
            time.sleep(1)
    print(f"{how}: {load.answered} answered, {len(load.failed)} failed, longest {load.longest:.1f}")  # noqa: T201
    assert load.failed == []
    assert load.answered > 20 * times
