"""Sender processes as production has them, and the servers that they send to."""

import http.client
import os
import smtplib
import socket
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests import databases
from tests.benchmarks.measuring import Different, cpu_seconds
from tests.benchmarks.seen import read_answer
from tests.push_endpoint import make_certificate

HOST = "127.0.0.1"
# A name that tests.drills.loopback_settings finds on this machine.
PUSH_HOST = "bench.push.test"


@dataclass(frozen=True)
class MailSink:
    """Where it listens."""

    port: int

    def seen(self) -> tuple[int, int]:
        """How many messages it took since it was last asked, and the sum of their digests."""
        with smtplib.SMTP(HOST, self.port) as line:
            return read_answer(line.docmd("SEEN")[1])

    @property
    def environment(self) -> dict[str, str]:
        """What a sender has to be told."""
        return {
            "DJANGO_SETTINGS_MODULE": "dvsa_alerts.settings",
            "EMAIL_URL": f"smtp://{HOST}:{self.port}",
        }


@dataclass(frozen=True)
class PushSink:
    """Where it listens, and the certificate that it shows."""

    port: int
    certificate: Path

    def line(self) -> http.client.HTTPSConnection:
        """A connection that is kept, made as if PUSH_HOST resolved to here."""
        tls = ssl.create_default_context(cafile=str(self.certificate))
        line = http.client.HTTPSConnection(PUSH_HOST, self.port, context=tls)
        bare = socket.create_connection((HOST, self.port))
        bare.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as http.client's own has
        line.sock = tls.wrap_socket(bare, server_hostname=PUSH_HOST)
        return line

    def seen(self) -> tuple[int, int]:
        """How many messages it took since it was last asked, and the sum of their digests."""
        line = self.line()
        line.request("GET", "/")
        return read_answer(line.getresponse().read())

    @property
    def environment(self) -> dict[str, str]:
        """What a sender has to be told."""
        return {
            "DJANGO_SETTINGS_MODULE": "tests.drills.loopback_settings",
            "SSL_CERT_FILE": str(self.certificate),
        }


Sink = MailSink | PushSink


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

    def cpu_seconds(self) -> float:
        """Processor time so far of all that sends, the bare loop and the database included."""
        return cpu_seconds() + sum(
            int(task.read_text().split()[0]) / 1e9
            for process in self.processes
            for task in Path(f"/proc/{process.pid}/task").glob("*/schedstat")
        )


def check(senders: Senders, bare: Callable[[], None], sink: Sink, *, count: int) -> None:
    """Send all that is due by both sides; raises Different unless they send the same messages."""
    accepted = senders.send_all()
    ours = sink.seen()
    bare()
    theirs = sink.seen()
    if ours != theirs or not accepted == count == ours[0]:
        raise Different(f"ours sent {ours[0]} messages of {count}, theirs {theirs[0]}, or others")


@contextmanager
def running_sink() -> Iterator[MailSink]:
    """A mail server in a process of its own."""
    with _running("tests.benchmarks.mail_sink") as process:
        yield MailSink(int(_pipe(process.stdout).readline()))


@contextmanager
def running_push_sink() -> Iterator[PushSink]:
    """A push service in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        certificate = make_certificate(Path(folder), PUSH_HOST)
        with _running("tests.benchmarks.push_sink", folder) as process:
            yield PushSink(int(_pipe(process.stdout).readline()), certificate)


@contextmanager
def running_senders(channel: str, count: int, *, sink: Sink) -> Iterator[Senders]:
    """So many senders on this process's database, ready."""
    environment = sink.environment | {
        "DATABASE_URL": databases.url_of(connection.settings_dict["NAME"], "app"),
        "DEBUG": "false",
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
