"""Whose address a request came from, and remembering it for the audit log."""

from collections.abc import Callable
from ipaddress import ip_address

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


def _is_trusted_proxy(text: str) -> bool:
    """A unix socket (no address) can only be the proxy on this machine, if there is one."""
    if text == "":
        return bool(settings.TRUSTED_PROXIES)
    return _is_address(text) and any(ip_address(text) in net for net in settings.TRUSTED_PROXIES)


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
