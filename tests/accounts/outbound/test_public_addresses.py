"""Only public addresses are connected to, whatever a name says."""

import socket
import threading

import pytest

from accounts.outbound.public_addresses import NotPublicError, connect_public, is_public

CLOSED = [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "127.8.8.8", "169.254.169.254",  # noqa: S104
    "168.63.129.16",
    "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.168.1.1", "198.18.0.1", "203.0.113.9",
    "224.0.0.1", "239.255.255.250", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1",
    "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "100.63.255.255", "172.32.0.1", "193.0.0.1", "2a00:1450:4009::1", "2606::1"]


@pytest.mark.parametrize("address", CLOSED)
def test_an_address_that_is_not_the_publics_is_told(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_told(address):
    assert is_public(address)


@pytest.fixture
def canary():
    """A listener on loopback that remembers whether anybody came."""
    visits = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen():
            while True:
                try:
                    connection, address = server.accept()
                except OSError:
                    return
                visits.append(address)
                connection.close()

        threading.Thread(target=listen, daemon=True).start()
        yield server.getsockname()[1], visits
        server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.0.0.1", "017700000001", "0", "0.0.0.0",  # noqa: S104
     "::1", "::ffff:127.0.0.1", "::ffff:7f00:1"],
)  # fmt: skip
def test_no_way_of_writing_loopback_is_connected_to(canary, host):
    port, visits = canary
    with pytest.raises(NotPublicError):
        connect_public(host, port, timeout=2)
    assert visits == []


def test_a_name_of_several_addresses_is_connected_to_at_its_public_ones_only(canary, monkeypatch):
    port, visits = canary
    answers = [(2, 1, 6, "", (ip, port)) for ip in ("127.0.0.1", "10.0.0.1", "192.168.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answers)
    with pytest.raises(NotPublicError):
        connect_public("rebound.example.org", port, timeout=2)
    assert visits == []


def test_loopback_is_connected_to_when_a_test_allows_it(canary):
    port, _ = canary
    with connect_public("127.0.0.1", port, timeout=2, allow_loopback=True) as connection:
        assert connection.getpeername() == ("127.0.0.1", port)
        assert connection.gettimeout() == 2


def test_allowing_loopback_allows_no_private_address():
    with pytest.raises(NotPublicError):
        connect_public("10.0.0.1", 80, timeout=2, allow_loopback=True)


def test_a_name_too_long_for_a_host_is_an_error_of_the_network():
    with pytest.raises(OSError, match="no name of a host"):
        connect_public("a" * 70 + ".example.org", 443, timeout=2)
