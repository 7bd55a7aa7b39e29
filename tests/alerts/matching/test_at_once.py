"""Several matchers at once, one that dies, and rows that go while they are matched."""

from concurrent.futures import ThreadPoolExecutor
from datetime import time

import pytest
from django.db import OperationalError, connection, connections

from accounts.models import User
from alerts.matching.match import Matched, match_openings
from alerts.models import UserAlert
from slots.models import SlotOpening
from tests.alerts.matching.test_reach import connect
from tests.alerts.world import NOW, make_center, make_opening, make_search, make_slot

pytestmark = pytest.mark.django_db(transaction=True)


def match_in_thread(number: int) -> Matched:
    """Match on a connection of this thread's own."""
    try:
        return match_openings(now=NOW)
    finally:
        connections["default"].close()


def test_four_matchers_at_once_write_each_alert_once():
    center = make_center()
    for _ in range(15):
        make_search()
    for number in range(200):
        make_opening(make_slot(center, time=time(8 + number // 60, number % 60)))
    with ThreadPoolExecutor(4) as pool:
        matched = sum(pool.map(match_in_thread, range(4)), start=Matched())
    assert matched == Matched(openings=200, alerts=3000)
    assert UserAlert.objects.values("user", "opening").distinct().count() == 3000
    assert not SlotOpening.objects.unmatched().exists()


def test_a_matcher_does_not_wait_for_an_opening_that_another_has_taken():
    make_search()
    taken = make_opening(make_slot(make_center()))
    free = make_opening(make_slot(make_center()))
    with connect() as other:
        other.execute("SELECT FROM slots_slotopening WHERE id = %s FOR UPDATE", [taken.pk])
        assert match_openings(now=NOW) == Matched(openings=1, alerts=1)
        assert UserAlert.objects.get().opening == free


def test_a_matcher_whose_connection_is_killed_leaves_its_openings_to_the_next():
    make_search()
    make_opening(make_slot(make_center()))

    def die_once_written(execute, sql, *arguments):
        result = execute(sql, *arguments)
        if "INSERT INTO useralerts" in sql:
            kill_this_connection()
        return result

    with connection.execute_wrapper(die_once_written), pytest.raises(OperationalError):
        match_openings(now=NOW)
    connection.close()
    assert not UserAlert.objects.exists()
    assert match_openings(now=NOW) == Matched(openings=1, alerts=1)


def kill_this_connection() -> None:
    """End this connection's backend from another one, as a crash would."""
    with connect() as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [backend_pid()])


def backend_pid() -> int:
    """The process that serves this connection."""
    return connection.connection.info.backend_pid


def test_a_learner_erased_while_being_matched_keeps_nobody_else_from_their_alert():
    erased, kept = make_search().user, make_search().user
    make_opening(make_slot(make_center()))
    erase_in = [1]

    def erase_once_written(execute, sql, *arguments):
        result = execute(sql, *arguments)
        if "INSERT INTO useralerts" in sql and erase_in:
            erase_in.pop()
            erase(erased)
        return result

    with connection.execute_wrapper(erase_once_written):
        match_openings(now=NOW)
    assert UserAlert.objects.get().user == kept


def erase(user: User) -> None:
    """Delete a user and what is theirs, from another connection."""
    with connect() as other:
        other.execute("DELETE FROM userpreferences WHERE user_id = %s", [user.pk])
        other.execute("DELETE FROM account_emailaddress WHERE user_id = %s", [user.pk])
        other.execute("DELETE FROM users WHERE user_id = %s", [user.pk])
