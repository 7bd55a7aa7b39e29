"""Which task a log line belongs to, and the request that asked for it: it travels in a header."""

import logging
from typing import Any

from celery.signals import before_task_publish, setup_logging, task_postrun, task_prerun

from dvsa_alerts.operations.logs import log_lines

HEADER = "request_id"


def keep_our_logging(loglevel: int, **kwargs: Any) -> None:
    """Celery would add handlers of its own; the level it was started with counts."""
    logging.getLogger().setLevel(loglevel)


def send_along(headers: dict[str, Any], **kwargs: Any) -> None:
    """What asks for a task, a request or another task, hands its request's id on."""
    headers[HEADER] = log_lines.request_id.get()


def begin(task: Any, task_id: str, **kwargs: Any) -> None:
    """From here on every line names the task and the request."""
    log_lines.request_id.set(task.request.get(HEADER))
    log_lines.task.set(f"{task.name}[{task_id}]")


def end(**kwargs: Any) -> None:
    """What the worker says between tasks belongs to none."""
    log_lines.request_id.set(None)
    log_lines.task.set(None)


def connect() -> None:
    """Listen to this process's Celery, as worker, beat and what asks for a task."""
    setup_logging.connect(keep_our_logging)
    before_task_publish.connect(send_along)
    task_prerun.connect(begin)
    task_postrun.connect(end)
