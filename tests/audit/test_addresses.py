"""A request's address can't be invented by who sends it."""

from ipaddress import ip_network

import pytest

from audit.addresses import ClientAddressMiddleware, client_address
from audit.trail import current_ip


@pytest.fixture(autouse=True)
def _proxies(settings):
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8"), ip_network("::1/128")]


@pytest.mark.parametrize(
    ("remote", "forwarded", "address"),
    [
        ("198.51.100.4", "", "198.51.100.4"),
        ("198.51.100.4", "192.0.2.1", "198.51.100.4"),
        ("10.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("10.0.0.1", "203.0.113.9, 192.0.2.1", "192.0.2.1"),
        ("10.0.0.1", "203.0.113.9, 192.0.2.1, 10.0.0.2", "192.0.2.1"),
        ("::1", "2001:db8::5", "2001:db8::5"),
        ("", "192.0.2.1", "192.0.2.1"),
        ("", "", None),
        ("10.0.0.1", "unknown", None),
        ("10.0.0.1", "'; DROP TABLE users", None),
    ],
)
def test_the_address_is_the_nearest_that_is_not_our_proxys(rf, remote, forwarded, address):
    request = rf.get("/", REMOTE_ADDR=remote, headers={"X-Forwarded-For": forwarded})
    assert client_address(request) == address


def test_without_proxies_a_forwarded_address_never_counts(rf, settings):
    settings.TRUSTED_PROXIES = []
    request = rf.get("/", REMOTE_ADDR="", headers={"X-Forwarded-For": "192.0.2.1"})
    assert client_address(request) is None


def test_the_address_is_known_while_the_request_is_served_and_forgotten_after(rf):
    middleware = ClientAddressMiddleware(lambda request: current_ip.get())
    assert middleware(rf.get("/", REMOTE_ADDR="192.0.2.1")) == "192.0.2.1"
    assert current_ip.get() is None
