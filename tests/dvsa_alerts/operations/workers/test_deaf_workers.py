"""When a worker counts as deaf; that a deaf one is replaced is drilled with a real one."""

from dvsa_alerts.operations.workers.deaf_workers import Hearing


def test_messages_that_wait_while_none_is_taken_are_ignored_since_they_wait():
    hearing = Hearing(100.0)
    assert hearing.ignored_for(105.0, waiting=False) == 0
    assert hearing.ignored_for(110.0, waiting=True) == 5
    assert hearing.ignored_for(130.0, waiting=True) == 25


def test_each_task_that_is_taken_starts_the_wait_anew():
    hearing = Hearing(100.0)
    hearing.ignored_for(110.0, waiting=True)
    hearing.take()
    assert hearing.ignored_for(115.0, waiting=True) == 0
    assert hearing.ignored_for(120.0, waiting=True) == 5


def test_with_nothing_to_take_nothing_is_ignored():
    hearing = Hearing(100.0)
    hearing.ignored_for(110.0, waiting=True)
    assert hearing.ignored_for(1000.0, waiting=False) == 0
