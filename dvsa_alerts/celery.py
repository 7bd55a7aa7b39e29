"""The Celery application; what each task does is in its app's `tasks.py`."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, celeryd_init, task_prerun
from django.db import close_old_connections

from dvsa_alerts.operations.logs import celery_lines, task_log
from dvsa_alerts.operations.workers import redis_channel, stalled_workers
from dvsa_alerts.starting import environment_or_exit, fit_environment_or_exit

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dvsa_alerts.settings")

app = Celery("dvsa_alerts")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
redis_channel.install()
stalled_workers.watch()
task_log.connect()
celery_lines.connect()


@app.on_configure.connect
def check_settings(**kwargs: Any) -> None:
    """Before Django's settings are read for the first time, by a worker or beat."""
    environment_or_exit()


@celeryd_init.connect
@beat_init.connect
def check_machine(**kwargs: Any) -> None:
    """A worker or beat begins."""
    fit_environment_or_exit()


@task_prerun.connect
def leave_broken_connections(**kwargs: Any) -> None:
    """With connections kept between tasks, a restarted PostgreSQL would else fail the next ones."""
    close_old_connections()
