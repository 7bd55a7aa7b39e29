"""What Celery's workers need on Redis, and how a stalled one is replaced."""
