"""Centres that are too much to follow at once: nobody waits, and no alert is lost or wrong."""

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connection, connections, transaction

from alerts.matching.match import Matched, match_openings
from alerts.matching.reach import settle_reach
from alerts.models import PendingReach, UserAlert
from centers.signals import say_many_centers_written
from tests.alerts.matching.test_reach import (
    OPERATIONS,
    connect,
    expected,
    reached,
    run,
    stored,
    waiting_for_a_lock,
)
from tests.alerts.world import GOODMAYES, NOW, make_center, make_opening, make_search, make_slot

FAR = (57.5, -4.2)
MOVE = "UPDATE dvsa_test_centers SET latitude = %s, longitude = %s WHERE center_id = %s"
LATER = "SELECT set_config('centers.followed_later', 'on', true)"
SAVE = (
    "INSERT INTO userpreferences (user_id, notification_method, location)"
    " VALUES (%s, 'email', ST_MakePoint(%s, %s))"
)


def move(center, place: tuple[float, float]) -> None:
    """Move a centre as an import does, with nobody who follows."""
    with transaction.atomic():
        connection.run_on_commit = []
        say_many_centers_written()
        connection.run_on_commit = []
        run(MOVE, *place, center.pk)


def settle() -> None:
    """To the end."""
    assert settle_reach(seconds=60) == 0


@pytest.mark.django_db
class TestLater:
    def test_reach_is_as_it_was_until_it_is_settled(self):
        center, search, far = make_center(), make_search(), make_search(place=FAR)
        move(center, FAR)
        assert (reached(search), reached(far)) == ({center.pk}, set())
        settle()
        assert (reached(search), reached(far)) == (set(), {center.pk})

    def test_matching_goes_by_where_the_centre_is_now(self):
        center, far = make_center(), make_search(place=FAR)
        make_search()
        move(center, FAR)
        make_opening(make_slot(center))
        assert match_openings(now=NOW) == Matched(openings=1, alerts=1)
        assert UserAlert.objects.get().preference == far

    def test_matching_knows_the_miles_to_where_the_centre_is_now(self):
        center = make_center()
        make_search(centers=[center])
        move(center, FAR)
        make_opening(make_slot(center))
        match_openings(now=NOW)
        told = UserAlert.objects.get().miles
        settle()
        assert stored()[0][2] == told > 100

    def test_a_closed_centre_is_reached_by_nobody_at_once(self):
        center = make_center()
        make_search()
        run(LATER)
        run("UPDATE dvsa_test_centers SET is_active = false")
        make_opening(make_slot(center))
        assert match_openings(now=NOW) == Matched(openings=1, alerts=0)

    def test_many_centres_and_searches_in_one_statement_are_left_for_later(self):
        make_center(), make_search()
        run(OPERATIONS["new center"].replace("(1, 2)", "(1, 399)"))
        run(OPERATIONS["new search"].replace("(1, 3)", "(1, 250)"))
        run("UPDATE dvsa_test_centers SET is_active = false")
        assert PendingReach.objects.count() == 400
        settle()
        assert stored() == []

    def test_reach_is_the_plain_join_once_random_writes_are_settled(self):
        seed = random.SystemRandom().random()
        choose = random.Random(seed)
        make_search()
        run("SELECT setseed(%s)", seed)
        run(LATER)
        for number in range(150):
            run(OPERATIONS[choose.choice(list(OPERATIONS))])
            run("SELECT reach_settle(%s)", choose.randint(1, 5))
            if number % 10 == 9:
                settle()
                assert stored() == expected(), f"seed {seed}"


@pytest.mark.django_db
class TestSettling:
    def test_it_goes_on_where_it_stopped(self):
        center = make_center()
        for _ in range(3):
            make_search(), make_search(place=FAR)
        move(center, FAR)
        run("SELECT reach_settle(2)")
        assert PendingReach.objects.get().done_to > 0
        settle()
        assert stored() == expected()

    def test_a_centre_that_moves_again_begins_again(self):
        center = make_center()
        for _ in range(3):
            make_search(), make_search(place=FAR)
        move(center, FAR)
        run("SELECT reach_settle(2)")
        move(center, GOODMAYES)
        settle()
        assert stored() == expected()

    def test_with_nothing_to_do_it_does_nothing(self):
        make_center(), make_search()
        assert settle_reach(seconds=1) == 0
        assert stored() == expected()


def in_thread(work: Callable[[], object]) -> threading.Thread:
    """Do it on a connection of a thread's own."""

    def working() -> None:
        try:
            work()
        finally:
            connections["default"].close()

    thread = threading.Thread(target=working)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    def test_nobody_who_saves_a_search_waits_for_an_import(self):
        center, search = make_center(), make_search()
        with connect() as importer, connect() as saver:
            importer.execute(LATER)
            importer.execute(MOVE, [*FAR, center.pk])
            saver.execute("SET lock_timeout = '5s'")
            saver.execute("UPDATE userpreferences SET notification_radius = 5")
            saver.execute(SAVE, [search.user_id, *reversed(FAR)])
            saver.commit()
        settle()
        assert stored() == expected()
        assert len(stored()) == 1

    def test_a_search_under_way_when_the_centre_is_committed_is_not_missed(self):
        center, search = make_center(), make_search()
        with connect() as saver:
            saver.execute(SAVE, [search.user_id, *reversed(FAR)])
            move(center, FAR)
            assert settle_reach(seconds=60) == 1, "it has to wait for the one who is saving"
            saver.commit()
        settle()
        assert stored() == expected()
        assert len(stored()) == 1

    def test_a_search_that_moves_while_it_is_settled_is_not_missed(self):
        center, search = make_center(), make_search()
        move(center, FAR)
        with connect() as settler, connect() as saver:
            settler.execute("SELECT reach_settle(10)")
            with waiting_for_a_lock(
                saver, "UPDATE userpreferences SET location = ST_MakePoint(%s, %s)", *reversed(FAR)
            ):
                settler.commit()
        assert reached(search) == {center.pk}

    def test_one_who_is_killed_while_settling_leaves_it_to_the_next(self):
        center, search = make_center(), make_search()
        move(center, FAR)
        with connect() as settler:
            settler.execute("SELECT reach_settle(10)")
            settler.close()
        assert reached(search) == {center.pk}
        settle()
        assert stored() == []

    def test_reach_is_the_plain_join_after_searches_and_centres_were_written_side_by_side(self):
        seed = random.SystemRandom().randrange(10**9)
        make_search()
        run(OPERATIONS["new center"])
        run(OPERATIONS["new search"])
        ended = threading.Event()
        settler = in_thread(lambda: settle_until(ended))
        with ThreadPoolExecutor(4) as pool:
            work = [pool.submit(write, seed + number) for number in range(4)]
        ended.set()
        settler.join()
        assert sum(each.result() for each in work) > 100, f"seed {seed}"
        settle()
        assert stored() == expected(), f"seed {seed}"


def settle_until(ended: threading.Event) -> None:
    """Settle again and again."""
    while not ended.is_set():
        settle_reach(seconds=1)
        time.sleep(0.001)


def write(seed: int) -> int:
    """A hundred random writes, those of centres as an import does; how many were committed.

    Who writes several rows in whatever order may meet a deadlock: then nothing was written.
    """
    choose, committed = random.Random(seed), 0
    with connect() as writer:
        writer.execute("SELECT setseed(%s)", [choose.random()])
        for _ in range(100):
            name = choose.choice(list(OPERATIONS))
            try:
                writer.execute(LATER)
                writer.execute(OPERATIONS[name])
                writer.commit()
                committed += 1
            except psycopg.Error:
                writer.rollback()
    return committed
