"""Attacks 8 and some of 10: nobody keeps the site from answering the others."""

import gzip
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from threading import Event, Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.config import PAGES_PER_MINUTE
from slots.models import SlotOpening, Source
from slots.tokens import make_token
from tests.alerts.world import make_center, make_opening, make_slot
from tests.deploy.attacks.conftest import Comer
from tests.deploy.front import NAME, Deployed
from tests.servers import wait_until

WIDE = "/searches/new/?near=51.560,0.100&radius=100&method=email"


@contextmanager
def trickling(site: Deployed, number: int, token: str):
    """So many batches that arrive a byte at a time, for as long as one likes."""
    head = (
        f"POST /api/v1/sources/feed/batches/ HTTP/1.1\r\nHost: {NAME}\r\n"
        f"Authorization: Bearer {token}\r\n"
        "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
    )
    over, sent = Event(), [0] * number
    with ExitStack() as stack:
        lines = [stack.enter_context(site.line("127.8.8.8")) for _ in range(number)]
        for line in lines:
            line.sendall(head.encode())

        def send() -> None:
            while not over.wait(0.2):
                for place, line in enumerate(lines):
                    line.sendall(b"{")
                    sent[place] += 1

        sender = Thread(target=send, daemon=True)
        sender.start()
        try:
            yield sent
        finally:
            over.set()
            sender.join(20)


def test_twelve_bodies_at_a_byte_each_moment_keep_no_page_and_no_feed_waiting(site, comer: Comer):
    source = Source.objects.create(name="feed", url=None)
    _, token = make_token(source=source, label=None, actor=None)
    with trickling(site, 12, token) as sent:
        assert wait_until(lambda: min(sent) >= 3, seconds=180)
        visitor = comer("127.5.5.5")
        assert visitor.get("/healthz").status == 200
        assert visitor.get("/centers/").status == 200
        visitor.sends = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        answer = visitor.ask("POST", "/api/v1/sources/feed/batches/", b"{")
        assert answer.status == 422, answer.text
        before = max(sent)
        assert wait_until(lambda: min(sent) > before, seconds=180), "none of them was cut off yet"


def test_sixteen_previews_that_would_take_long_are_answered_and_so_is_everyone_else(comer: Comer):
    """Long, as what they count is locked until all have been answered."""
    make_opening(make_slot(make_center()), recorded_at=timezone.now() - timedelta(days=1))
    strangers = [comer(f"127.5.1.{n}") for n in range(1, 17)]
    with transaction.atomic(), ThreadPoolExecutor(17) as pool:
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {SlotOpening._meta.db_table} IN ACCESS EXCLUSIVE MODE")

        def waiting_at_once() -> int:
            previews = [pool.submit(stranger.get, WIDE) for stranger in strangers]
            asked = [*previews, pool.submit(comer("127.5.2.1").get, "/healthz")]
            seen = [0]
            while not all(answer.done() for answer in asked):
                seen.append(waiting())
            assert {answer.result().status for answer in asked} == {200}
            return max(seen)

        # Again where all of them were answered between two looks.
        most = next(filter(None, (waiting_at_once() for _ in range(10))), 0)
    assert most == 1, "the web's process has four threads, and one preview at a time"


def waiting() -> int:
    """How many connections to this database wait for a lock, as it is now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("path", ["/centers/", "/api/schema/"])
def test_every_page_that_a_stranger_may_ask_for_has_a_limit(comer: Comer, path):
    many, other = comer("127.5.3.1"), comer("127.5.3.2")
    statuses = {many.ask("HEAD", path).status for _ in range(PAGES_PER_MINUTE.default + 1)}
    assert statuses == {200, 429}
    assert other.get(path).status == 200


def test_what_unpacks_to_a_thousand_times_its_size_is_not_unpacked(staff):
    bomb = gzip.compress(b"code,name,postcode\n") + 400 * gzip.compress(b"\n" * 1_000_000)
    assert len(bomb) < 1024 * 1024, "else nginx would refuse it"
    answer = staff("center_manager").upload("/admin/centers/center/import/", "file", bomb)
    assert answer.status == 200
    assert "more than" in answer.text
