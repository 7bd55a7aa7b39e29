"""Connecting to a host that a stranger has named, at public addresses only.

The address that is checked is the very one connected to: a name that answers differently the
second time it is asked (DNS rebinding) gains nothing.
"""

import socket
import time
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

Address = IPv4Address | IPv6Address

# IANA's special-purpose registries (RFC 6890 and its updates); multicast and class E besides; and
# the address at which Azure answers each of its machines, though it lies among public ones.
_CLOSED_IPV4 = [
    ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "168.63.129.16/32",
        "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    )
]  # fmt: skip
# All of IPv6 that is handed out to the public lies here: the unspecified, loopback, mapped,
# NAT64, unique local, link-local and multicast addresses don't.
_PUBLIC_IPV6 = ip_network("2000::/3")
# Teredo and ORCHID, documentation, 6to4: each may stand for an address that is closed.
_CLOSED_IPV6 = [
    ip_network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
]


class NotPublicError(OSError):
    """The host has no public address."""


def is_public(address: str | Address) -> bool:
    """Whether anybody on the internet may own this address; ValueError if it is none."""
    found = ip_address(address) if isinstance(address, str) else address
    if isinstance(found, IPv4Address):
        return not any(found in network for network in _CLOSED_IPV4)
    return found in _PUBLIC_IPV6 and not any(found in network for network in _CLOSED_IPV6)


def connect_public(
    host: str, port: int, *, timeout: float, allow_loopback: bool = False
) -> socket.socket:
    """A TCP connection to the first public address of `host` that answers.

    All tries together take at most `timeout` seconds, which the socket keeps as its own; only
    the look-up of the name takes what the system's resolver takes. Raises NotPublicError when
    no address may be connected to, and OSError when none of those that may does answer.
    `allow_loopback` is for tests and development.
    """
    addresses = _addresses(host, port)
    allowed = [each for each in addresses if _may_connect(each, allow_loopback)]
    if not allowed:
        raise NotPublicError(f"{host} has no public address")
    return _first_that_answers(allowed, port, timeout)


def _addresses(host: str, port: int) -> list[Address]:
    """Every address of the name, in the resolver's order, each once."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:  # a label of over 63 characters
        raise OSError(f"{host[:80]} is no name of a host") from error
    return list(dict.fromkeys(ip_address(str(each[4][0])) for each in found))


def _may_connect(address: Address, allow_loopback: bool) -> bool:
    return is_public(address) or (allow_loopback and address.is_loopback)


def _first_that_answers(addresses: list[Address], port: int, timeout: float) -> socket.socket:
    until = time.monotonic() + timeout
    error = OSError("no address was tried")
    for address in addresses:
        left = until - time.monotonic()
        if left <= 0:
            break
        try:
            connection = socket.create_connection((str(address), port), timeout=left)
        except OSError as failed:
            error = failed
        else:
            connection.settimeout(timeout)
            return connection
    raise error
