"""When a worker counts as stalled; that a stalled one is replaced is drilled with a real one."""

from dvsa_alerts.operations.workers.stalled_workers import Consuming


def test_messages_that_wait_while_none_is_taken_are_ignored_since_they_wait():
    consuming = Consuming(100.0)
    assert consuming.ignored_for(105.0, waiting=False) == 0
    assert consuming.ignored_for(110.0, waiting=True) == 5
    assert consuming.ignored_for(130.0, waiting=True) == 25


def test_each_task_that_is_taken_starts_the_wait_again():
    consuming = Consuming(100.0)
    consuming.ignored_for(110.0, waiting=True)
    consuming.take()
    assert consuming.ignored_for(115.0, waiting=True) == 0
    assert consuming.ignored_for(120.0, waiting=True) == 5


def test_with_nothing_to_take_nothing_is_ignored():
    consuming = Consuming(100.0)
    consuming.ignored_for(110.0, waiting=True)
    assert consuming.ignored_for(1000.0, waiting=False) == 0
