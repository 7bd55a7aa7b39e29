"""Every page of admin answers, asks the database little, and reads little of large tables."""

import os
from collections.abc import Iterator

import pytest

from audit import admin_filters, estimated_paging
from dvsa_alerts.staff import attention
from tests import databases
from tests.benchmarks.plans import LARGE, watched
from tests.benchmarks.subjects import admin
from tests.benchmarks.world import World

DATABASE = f"test_admin_lists_{os.getpid()}"
# 12,000 slots, 600 of them at each centre, 50,000 alerts, 30,000 messages, 4,000 audit entries.
SCALE, LEARNERS = 0.004, 10_000
COUNTED, LOOKED_AT = 100, 200
# Two centres' slots with an opening each, and less than any table has.
MOST_READ = 3000
LISTED = {*LARGE, "slots_slotopening", "auditlogs"}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """A world in a database of its own."""
    databases.recreate(DATABASE, databases.TEMPLATE)
    try:
        with django_db_blocker.unblock(), databases.used_here(DATABASE):
            yield World(scale=SCALE, seed=1, say=lambda text: None, learners=LEARNERS)
    finally:
        databases.drop(DATABASE)


def test_no_page_of_admin_reads_much_of_a_large_table_or_asks_often(world, monkeypatch):
    monkeypatch.setattr(estimated_paging, "COUNTED_UP_TO", COUNTED)
    monkeypatch.setattr(admin_filters, "LOOKED_AT", LOOKED_AT)
    monkeypatch.setattr(attention, "NEWEST_DELIVERIES", LOOKED_AT)
    monkeypatch.setattr(admin, "EXPORTED", ["?action=seldom.done1"])  # who wants all reads all
    with watched(LISTED) as plans:
        figures = list(admin.compare(world, rounds=1))
    assert plans.read
    assert [f"{seen}: {sql}" for seen, _, sql in plans.read if seen > MOST_READ] == []
    queries = figures[-1]
    assert queries.unit == "queries"
    assert queries.reached, queries.value
