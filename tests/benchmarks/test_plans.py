"""No query of a page, of matching or of delivery reads a large table from end to end, nor much
more of one than it uses.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pytest
from django.conf import settings
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from accounts.models import User
from alerts.config import WAVE_FIRST
from alerts.delivery.deliver import deliver
from alerts.matching.match import match_openings
from alerts.models import UserAlert
from audit.models import SystemConfig
from slots.models import SlotOpening
from slots.searching.paging import read_page
from slots.searching.search import Order
from tests import databases
from tests.alerts.conftest import push_service
from tests.benchmarks.due_messages import subscribe
from tests.benchmarks.plans import Plans, watched
from tests.benchmarks.subjects import matching
from tests.benchmarks.subjects.page import link
from tests.benchmarks.subjects.search import places
from tests.benchmarks.world import World, everyone_told_at_once, owner_at_rest
from tests.smtp_sink import Sink
from tests.staff import signed_in

__all__ = ["push_service"]

DATABASE = f"test_plans_{os.getpid()}"
# With too few centres, one of them is much of a table, and reading all of it the best plan.
SLOTS, LEARNERS = 0.12, 20_000
REACHED = 200

# Every learner has been told of some slots before, most of it long delivered.
HISTORY = """
WITH told AS (
    SELECT slot_id, id AS opening_id FROM slots_slotopening ORDER BY id LIMIT 5
), notified AS (
    INSERT INTO alerts_notification (user_id, method, due_at, created_at)
    SELECT user_id, 'email', now() - interval '9 days', now() - interval '9 days'
      FROM users ORDER BY user_id
    RETURNING id, user_id
), delivered AS (
    INSERT INTO alerts_delivery (notification_id, channel, provider, state, next_attempt_at,
                                 accepted_at)
    SELECT id, 'email', 'email', 'accepted', now(), now() - interval '9 days' FROM notified
)
INSERT INTO useralerts (user_id, slot_id, opening_id, notification_id, state, sent, sent_at,
                        created_at)
SELECT user_id, slot_id, opening_id, id, 'sent', true, now() - interval '9 days',
       now() - interval '9 days'
  FROM notified CROSS JOIN told
"""


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """20,000 learners, 360,000 slots and 100,000 alerts, in a database of their own."""
    databases.recreate(DATABASE, databases.TEMPLATE)
    try:
        with django_db_blocker.unblock(), databases.used_here(DATABASE):
            world = World(scale=SLOTS, seed=1, say=lambda text: None, learners=LEARNERS)
            world.add_slots()
            world.add_searches()
            with owner_at_rest() as owner:
                owner.execute(HISTORY)
                owner.execute("VACUUM (ANALYZE)")
            yield world
    finally:
        databases.drop(DATABASE)


def is_lean(plans: Plans) -> bool:
    """Nothing is read from end to end, nor much more than is used."""
    assert plans.statements
    assert plans.sequential == []
    assert plans.wasteful(factor=3, allowance=50) == []
    return True


@pytest.mark.parametrize("order", Order)
def test_a_page_of_results_reads_little_more_than_it_shows(world, order):
    with watched() as plans:
        found = [read_page(replace(search, order=order), now=timezone.now())
                 for search in places(world)]  # fmt: skip
    assert any(page.next for page in found)
    assert is_lean(plans)


# What a search is about stands for {search}, and a learner's own first rows for {own} and {alert}.
PUBLIC = (
    "/", "/slots/?{search}", "/slots/map/?{search}", "/centers/", "/centers/?{search}",
    "/centers/1/", "/api/v1/slots/?{search}", "/searches/new/?{search}",
)  # fmt: skip
LEARNERS_OWN = (
    "/searches/", "/searches/{own}/edit/", "/searches/{own}/pause/", "/searches/{own}/delete/",
    "/searches/new/?{search}", "/alerts/", "/alerts/{alert}/not-for-me/", "/push/", "/account/",
    "/account/erase/",
)  # fmt: skip


@pytest.fixture
def learner(world) -> User:
    """Someone in the middle of all, with a search and some alerts."""
    return User.objects.order_by("pk")[LEARNERS // 2]


@pytest.fixture
def address(world, learner) -> Callable[[str], str]:
    """A page's address with its places filled in."""
    return partial(
        str.format,
        search=link(places(world)[0]).partition("?")[2],
        own=learner.searches.values_list("pk", flat=True)[0],
        alert=UserAlert.objects.filter(user=learner).values_list("pk", flat=True)[0],
    )


def plans_of(page: Client, path: str) -> Plans:
    with watched() as plans:
        response = page.get(path, headers={"Host": settings.ALLOWED_HOSTS[0]})
    assert response.status_code == 200
    return plans


@pytest.mark.parametrize("path", PUBLIC)
def test_a_page_for_everybody_reads_little_more_than_it_uses(address, path):
    assert is_lean(plans_of(Client(), address(path)))


@pytest.mark.parametrize("path", LEARNERS_OWN)
def test_a_page_of_a_learner_reads_little_more_than_it_uses(address, learner, path):
    assert is_lean(plans_of(signed_in(learner), address(path)))


def test_matching_and_delivery_read_little_more_than_they_use(world, settings, push_service):
    sink = Sink()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    SystemConfig.objects.create(key="alerts.coalesce_seconds", value="0")
    # Each statement is run twice, which takes a busy machine minutes: no push is late here.
    SystemConfig.objects.create(key="alerts.push_patience_seconds", value="3600")
    subscribe(push_service.url(""))
    with owner_at_rest() as owner:
        matching.open_reaching(owner, REACHED)
    with watched() as plans, everyone_told_at_once():
        matched = match_openings()
        deliver("email", seconds=600)
        deliver("push", seconds=600)
    sink.close()
    assert matched.alerts > 100
    assert UserAlert.objects.filter(state="sent", opening__matched_at__isnull=False).exists()
    assert sink.received
    assert push_service.requests
    assert is_lean(plans)


def test_a_wave_reads_little_more_than_whom_it_draws_from(world):
    with owner_at_rest() as owner:
        matching.open_reaching(owner, REACHED, at="07:02")
    with watched() as plans:
        assert match_openings().alerts == WAVE_FIRST.default
        SlotOpening.objects.filter(next_wave_at__isnull=False).update(next_wave_at=Now())
        assert match_openings().waves == 1
    assert is_lean(plans)


def test_a_table_that_is_read_from_end_to_end_is_seen(world):
    with watched() as plans:
        assert not UserAlert.objects.filter(miles=-1).exists()
    assert [said.partition(":")[0] for said in plans.sequential] == ["useralerts"]


def test_a_filter_that_drops_most_of_what_is_read_is_seen(world):
    with watched() as plans:
        assert not UserAlert.objects.filter(user_id__lt=100, miles=-1).exists()
    assert plans.sequential == []
    assert len(plans.wasteful(factor=3, allowance=50)) == 1
