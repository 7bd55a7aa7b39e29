"""Whose address a request came from, and remembering it for the audit log."""

from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from audit.trail import current_ip


def client_address(request: HttpRequest) -> str | None:
    """The address nearest to us that no trusted proxy of ours has, or None (a unix socket).

    `X-Forwarded-For` is read from its right end, where our own proxies append, and only as
    long as the address before it is a trusted proxy's; anything further left may be invented.
    """
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    address = request.META.get("REMOTE_ADDR", "")
    while hops and _is_trusted_proxy(address):
        address = hops.pop()
    return address if _is_address(address) else None


def comes_from_our_proxy(request: HttpRequest) -> bool:
    """Whether the one who speaks to us is a proxy of ours, whose headers may be believed."""
    return _is_trusted_proxy(request.META.get("REMOTE_ADDR", ""))


def may_look_inside(request: HttpRequest) -> bool:
    """Whether the client is one of those that may read how the system is (TRUSTED_NETWORKS)."""
    address = client_address(request)
    return address is not None and _is_within(address, settings.TRUSTED_NETWORKS)


def _is_trusted_proxy(text: str) -> bool:
    """A unix socket (no address) can only be the proxy on this machine, if there is one."""
    if text == "":
        return bool(settings.TRUSTED_PROXIES)
    return _is_address(text) and _is_within(text, settings.TRUSTED_PROXIES)


def _is_within(address: str, networks: list[IPv4Network | IPv6Network]) -> bool:
    return any(ip_address(address) in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


class ClientAddressMiddleware:
    """Lets `record()` know the address of the request that it serves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = current_ip.set(client_address(request))
        try:
            return self.get_response(request)
        finally:
            current_ip.reset(token)
