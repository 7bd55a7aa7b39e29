"""When emails have arrived at the sink, counted from a moment of ours."""

import smtplib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.benchmarks.senders import HOST, MailSink


@dataclass(frozen=True)
class Arrival:
    """One email: whom it was for, and how many seconds after the moment its last byte came."""

    address: str
    seconds: float


@contextmanager
def arrivals_after(sink: MailSink) -> Iterator[list[Arrival]]:
    """A list that holds, once the block has ended, what arrived since it began."""
    _ask(sink)
    arrived: list[Arrival] = []
    began = time.monotonic()
    yield arrived
    for line in _ask(sink):
        at, address = line.split()
        arrived.append(Arrival(address, float(at) - began))


def _ask(sink: MailSink) -> list[str]:
    """What it took since it was last asked; this machine's processes share one steady clock."""
    with smtplib.SMTP(HOST, sink.port) as line:
        return line.docmd("WHEN")[1].decode().splitlines()[:-1]
