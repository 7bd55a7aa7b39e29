"""How Celery is set up: what its workers promise, and that nothing is asked for in vain."""

import pytest
from celery.signals import task_prerun
from django.conf import settings

from dvsa_alerts.celery import app


def test_a_task_is_done_once_more_when_its_worker_dies():
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost


def test_a_worker_takes_no_more_than_it_works_on():
    assert app.conf.worker_prefetch_multiplier == 1


def test_each_task_has_an_end():
    assert app.conf.task_soft_time_limit < app.conf.task_time_limit
    assert app.conf.task_time_limit < app.conf.broker_transport_options["visibility_timeout"]


def test_nothing_but_json_is_read_and_no_result_is_kept():
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == "json"
    assert app.conf.task_ignore_result
    assert app.conf.result_backend is None


def test_a_hint_is_published_once_and_quickly():
    assert not app.conf.task_publish_retry
    assert app.conf.broker_transport_options["socket_connect_timeout"] <= 0.2


def test_connections_are_kept_between_tasks_and_broken_ones_left_before_each(monkeypatch):
    assert app.conf.db_reuse_max == 100
    database = settings.DATABASES["default"]
    assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (60, True)
    left = []
    monkeypatch.setattr("dvsa_alerts.celery.close_old_connections", lambda: left.append(True))
    task_prerun.send(sender=None)
    assert left == [True]


@pytest.mark.parametrize("entry", app.conf.beat_schedule.values(), ids=app.conf.beat_schedule)
def test_whatever_beat_asks_for_is_there_and_has_a_queue_with_a_worker(entry):
    app.loader.import_default_modules()
    assert entry["task"] in app.tasks
    assert queue_of(entry) in settings.QUEUES


def queue_of(entry: dict) -> str:
    """Where beat's message goes."""
    named = entry.get("options", {}).get("queue")
    route = app.conf.task_routes.get(entry["task"], {})
    return named or route.get("queue", app.conf.task_default_queue)


def test_matching_and_both_channels_have_queues_of_their_own():
    queues = {
        queue_of({"task": f"alerts.tasks.{name}"}) for name in ("match", "send_email", "send_push")
    }
    assert queues == {"matching", "email", "push"}
    assert app.conf.task_default_queue == "housekeeping"
