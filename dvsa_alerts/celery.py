"""The Celery application; what each task does is in its app's `tasks.py`."""

import os
from typing import Any

from celery import Celery
from celery.signals import task_prerun
from django.db import close_old_connections

from dvsa_alerts.operations.logs import celery_lines, task_log
from dvsa_alerts.operations.workers import redis_channel, stalled_workers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dvsa_alerts.settings")

app = Celery("dvsa_alerts")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
redis_channel.install()
stalled_workers.watch()
task_log.connect()
celery_lines.connect()


@task_prerun.connect
def leave_broken_connections(**kwargs: Any) -> None:
    """With connections kept between tasks, a restarted PostgreSQL would else fail the next ones."""
    close_old_connections()
