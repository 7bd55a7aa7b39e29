"""Sender processes as production has them, and the mail server that they send to."""

import os
import smtplib
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from tests import databases

HOST = "127.0.0.1"


@dataclass(frozen=True)
class MailSink:
    """Where it listens."""

    port: int

    def seen(self) -> tuple[int, int]:
        """How many messages it took since it was last asked, and the sum of their digests."""
        with smtplib.SMTP(HOST, self.port) as line:
            count, digests = line.docmd("SEEN")[1].split()
        return int(count), int(digests)


@dataclass(frozen=True)
class Senders:
    """Processes that wait for a word to send all that is due."""

    processes: Sequence[subprocess.Popen[str]]

    def send_all(self) -> int:
        """Let all of them send until nothing is due; how many were accepted."""
        for process in self.processes:
            _pipe(process.stdin).write("go\n")
            _pipe(process.stdin).flush()
        return sum(int(_pipe(process.stdout).readline()) for process in self.processes)


@contextmanager
def running_sink() -> Iterator[MailSink]:
    """A mail server in a process of its own."""
    with _running("tests.benchmarks.mail_sink") as process:
        yield MailSink(int(_pipe(process.stdout).readline()))


@contextmanager
def running_senders(channel: str, count: int, *, sink: MailSink) -> Iterator[Senders]:
    """So many senders on this process's database, ready."""
    environment = {
        "DJANGO_SETTINGS_MODULE": "dvsa_alerts.settings",
        "DATABASE_URL": databases.url_of(connection.settings_dict["NAME"], "app"),
        "DEBUG": "false",
        "EMAIL_URL": f"smtp://{HOST}:{sink.port}",
    }
    if count == 0:
        yield Senders([])
        return
    with (
        running_senders(channel, count - 1, sink=sink) as others,
        _running("tests.benchmarks.sender", channel, **environment) as process,
    ):
        _pipe(process.stdout).readline()
        yield Senders([*others.processes, process])


@contextmanager
def _running(*words: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", *words],
        cwd=settings.BASE_DIR, env=os.environ | environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait(30)


def _pipe(pipe):
    assert pipe is not None
    return pipe
