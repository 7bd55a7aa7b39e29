"""The project: settings, routes, the Celery application, and what spans all apps."""

from dvsa_alerts.celery import app as celery_app

__all__ = ["celery_app"]
