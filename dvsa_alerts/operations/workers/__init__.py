"""What Celery's workers need on Redis, and how a deaf one ends."""
