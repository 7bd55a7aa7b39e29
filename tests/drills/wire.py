"""What leaves this process: every look-up and every connection that it tries, seen from below.

Python tells an audit hook of each `connect` before the kernel hears of it.
One to an address that isn't expected is logged and stopped. No hook can be taken away again, so
there is one for the whole process, which looks at whatever wire is being watched.
"""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any


@dataclass
class Wire:
    """What was tried while it was watched; `names` says what each answers, time after time."""

    expected: set[tuple[str, int]] = field(default_factory=set)
    names: dict[str, list[list[str]]] = field(default_factory=dict)
    looked_up: list[str] = field(default_factory=list)
    connects: list[tuple[str, int]] = field(default_factory=list)

    @property
    def unexpected(self) -> list[tuple[str, int]]:
        """The connections that nobody should have tried."""
        return [each for each in self.connects if each not in self.expected]

    def resolve(self, host: Any, port: Any, *rest: Any, **named: Any) -> Any:
        """The answer for a name of the test's: the first of those left, the last for good."""
        answers = self.names.get(str(host))
        if answers is None:
            return _real_getaddrinfo(host, port, *rest, **named)
        self.looked_up.append(str(host))
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [_entry(address, port) for address in addresses]


def _entry(address: str, port: int) -> tuple[Any, ...]:
    version = ip_address(address).version
    family = socket.AF_INET if version == 4 else socket.AF_INET6
    rest = () if version == 4 else (0, 0)
    return family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port, *rest)


class StoppedError(OSError):
    """The connection was stopped before a packet left."""


_real_getaddrinfo = socket.getaddrinfo
_watched: list[Wire] = []
_hooked: list[bool] = []


def _listen(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "socket.connect" or not _watched:
        return
    address = arguments[1]
    if not isinstance(address, tuple):
        return  # a socket in the file system: the database's
    place = (str(address[0]), int(address[1]))
    _watched[-1].connects.append(place)
    if place not in _watched[-1].expected:
        raise StoppedError(f"stopped on its way to {place}")


@contextmanager
def watched(**names: Any) -> Iterator[Wire]:
    """Watch all that this process tries to reach."""
    if not _hooked:
        sys.addaudithook(_listen)
        _hooked.append(True)
    wire = Wire(**names)
    _watched.append(wire)
    socket.getaddrinfo = wire.resolve
    try:
        yield wire
    finally:
        socket.getaddrinfo = _real_getaddrinfo
        _watched.remove(wire)
