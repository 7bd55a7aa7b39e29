"""What both drills of recovery do and check, before the disaster and after it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts.models import User
from alerts.erasure import erase_user
from alerts.models import Delivery, UserAlert
from dvsa_alerts.operations.backups.erasures import keep_erasures
from slots.models import SlotOpening
from tests import databases
from tests.drills.listing import Listing
from tests.drills.senders import dispatcher, matcher, pause
from tests.drills.town import Told, Town, configure, told
from tests.servers import OwnPostgres, wait_until
from tests.smtp_sink import Sink


def manage(*words: str) -> dict[str, Any]:
    """What `manage.py … --json` answers; it has to end well."""
    ended = subprocess.run(
        [sys.executable, "manage.py", *words, "--json"],
        cwd=settings.BASE_DIR, env=os.environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return json.loads(ended.stdout)


@contextmanager
def migrated(cluster: OwnPostgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnPostgres]:
    """Start a cluster, migrate it, and use it here and in the processes started here."""
    cluster.start()
    for name, role in (("DATABASE_URL", "app"), ("DATABASE_OWNER_URL", "app_owner")):
        monkeypatch.setenv(name, f"postgis://{role}@/app?host={cluster.host}")
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(migrate, cwd=settings.BASE_DIR, check=True)
    with databases.used_here("app", cluster.host):
        yield cluster
    cluster.stop()


@contextmanager
def timed(times: dict[str, float], what: str) -> Iterator[None]:
    """Keep how many seconds it took: for the record, never for a verdict."""
    began = time.monotonic()
    yield
    times[what] = round(time.monotonic() - began, 1)


@contextmanager
def workers(logs: Path) -> Iterator[None]:
    """One that matches and two that send, killed in the end like everything else."""
    programs = [matcher(logs / "match"), *(dispatcher(logs / f"send{n}") for n in (1, 2))]
    try:
        yield
    finally:
        for program in programs:
            program.kill()


def settled() -> bool:
    """Nothing waits to be matched or sent, and nothing is on its way."""
    if SlotOpening.objects.unmatched().exists():
        return False
    waiting = UserAlert.objects.filter(state="waiting").exists()
    return not (waiting or Delivery.objects.live().exists())


def erase_one(listing: Listing, folder: Path) -> User:
    """A learner asks to be erased, and the task keeps that beside the backups."""
    user = listing.town.searches.pop().user
    known = User(pk=user.pk, email=user.email)
    erase_user(user=user, actor=None)
    assert keep_erasures(folder) == 1
    return known


NOTHING_WRONG = {"loss": 0, "twice": 0, "erased": 0}


@dataclass(frozen=True)
class Watched:
    """A drill with its seed, and the mail server that sees all that is sent in it."""

    seed: int
    sink: Sink

    def town(self, *, learners: int, centers: int) -> Listing:
        """Learners, and a source whose first batch has been taken in."""
        configure()
        listing = Listing(Town(self.seed, learners=learners, centers=centers), self.seed)
        listing.opens(10)
        assert listing.post().status == "baseline"
        return listing

    def check(self, listing: Listing, erased: User, logs: Path) -> dict[str, int]:
        """Go on with the recovered database, and count what should not have been."""
        assert not User.objects.filter(pk=erased.pk).exists()
        assert manage("verify_audit")["broken"] is None
        before = len(self.sink.received)
        with workers(logs):
            listing.go_on(4)
            pause(5)
            assert len(self.sink.received) == before, "something was sent before it was resumed"
            manage("resume_sending", "--yes")
            owed = self._tell_new(listing)
        counts = told(self.sink.received)
        return {
            "loss": len(owed - set(counts)),
            "twice": sum(count - 1 for count in counts.values()),
            "erased": sum(mail.recipient == erased.email for mail in self.sink.received[before:]),
        }

    def _tell_new(self, listing: Listing) -> set[Told]:
        """Slots open that nobody has seen before; a drill may be slow with them, but not stuck."""
        new = listing.opens(5)
        listing.post()
        owed = listing.owed(new)
        wait_until(lambda: owed <= set(told(self.sink.received)), seconds=120)
        assert wait_until(settled, seconds=180), "something still waits"
        return owed
