"""What a Celery worker writes past all logging ("Warm shutdown"): lines like all others.

It says them in signal handlers, where the interrupted code may hold one of logging's locks. So
they are formatted here, without any lock, and written by a single call.
"""

import logging
import os
import sys
from typing import Any, TextIO

from celery.apps import worker
from celery.signals import celeryd_init
from django.conf import settings

from dvsa_alerts.operations.logs.log_lines import JsonFormatter


def write_line(message: str, file: TextIO | None = None) -> None:
    """Stands for Celery's `safe_say`; where the line goes is ours to say, as with all others."""
    fields = {"name": worker.__name__, "levelname": "INFO", "msg": message.strip()}
    line = JsonFormatter().format(logging.makeLogRecord(fields))
    os.write(sys.stderr.fileno(), f"{line}\n".encode())


def take_over(instance: Any, **kwargs: Any) -> None:
    """For the worker that begins; a banner of many lines can't be one, so there is none."""
    if not settings.DEBUG:
        instance.quiet = True
        worker.safe_say = write_line  # type: ignore[attr-defined]


def connect() -> None:
    """Listen to this process's Celery."""
    celeryd_init.connect(take_over)
