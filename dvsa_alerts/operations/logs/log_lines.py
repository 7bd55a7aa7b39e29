"""Log lines: one JSON object each for machines, or plain lines for a person at a terminal.

Needs nothing of Django's, so that gunicorn's own process logs in the same way before the site
is loaded (deploy/gunicorn.conf.py).
"""

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from dvsa_alerts.operations.logs.redaction import redact

# Which request the present work is done for; it follows into the tasks that the request asks for.
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
# Which Celery task is being worked on, as `name[id]`.
task: ContextVar[str | None] = ContextVar("task", default=None)

# Of these a line for each task or request would drown the others; ours say what was done.
QUIET = (
    "celery.app.trace",
    "celery.worker.strategy",
    "celery.beat",
    "django.server",
    "gunicorn.access",
)
# The request's own line says it already, by its route; this would say the path.
REFUSALS = "django.request"


class RedactedFormatter(logging.Formatter):
    """`time LEVEL logger message`, and nothing personal in it."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} {message}", style="{")

    def format(self, record: logging.LogRecord) -> str:
        """The whole text, a traceback included, redacted at the very end."""
        return redact(super().format(record))


class JsonFormatter(logging.Formatter):
    """One JSON object a line; a traceback is one of its fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Fields without a value are left out."""
        fields = self._fields(record)
        return json.dumps({name: value for name, value in fields.items() if value is not None})

    def _fields(self, record: logging.LogRecord) -> dict[str, Any]:
        moment = datetime.fromtimestamp(record.created, UTC)
        return {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redact(record.getMessage()),
            "request_id": request_id.get(),
            "task": task.get(),
            "error": self._error(record),
            **getattr(record, "fields", {}),
        }

    def _error(self, record: logging.LogRecord) -> str | None:
        """The traceback, as the standard formatter writes it."""
        parts = [self.formatException(record.exc_info)] if record.exc_info else []
        parts += [self.formatStack(record.stack_info)] if record.stack_info else []
        return redact("\n".join(parts)) or None


def without_refusals(record: logging.LogRecord) -> bool:
    """Leave out what Django says of a 4xx answer, path and all."""
    return record.name != REFUSALS or record.levelno >= logging.ERROR


def configuration(*, for_people: bool) -> dict[str, Any]:
    """For logging.config.dictConfig: everything to stderr, through one handler."""
    formatter = RedactedFormatter if for_people else JsonFormatter
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter}},
        "filters": {"without_refusals": {"()": lambda: without_refusals}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "filters": ["without_refusals"],
                "stream": sys.stderr,
            }
        },
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            **{name: {"level": "WARNING"} for name in QUIET},
            # Django and gunicorn give these handlers of their own.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "gunicorn.error": {"handlers": [], "level": "INFO", "propagate": True},
        },
    }
