"""Settings of worker processes whose push services live on this machine, under names of a test.

Both are at the wire: the rest of the program can't tell.
"""

import socket
from typing import Any

from dvsa_alerts.settings import *  # noqa: F403 - settings are made of settings

OUTBOUND_ALLOW_LOOPBACK = True
PUSH_HOSTS = ["push.test"]

_real = socket.getaddrinfo


def _answer(host: Any, *rest: Any, **named: Any) -> Any:
    """Resolve the test's names to the loopback address, all others as ever."""
    ours = isinstance(host, str) and host.endswith(".push.test")
    return _real("127.0.0.1" if ours else host, *rest, **named)


socket.getaddrinfo = _answer
