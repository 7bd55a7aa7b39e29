"""Which Redis this process takes for its broker, for the length of a test."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

NOWHERE = "redis+socket:///nowhere/r.sock"


@contextmanager
def broker_at(url: str) -> Iterator[None]:
    """Speak to the Redis at `url`, and afterwards to whichever it was before.

    By the variable that Celery reads first. What is set on its settings can't be put back: reading
    `broker_write_url` while it is unset answers with `broker_url`.
    """
    with patch.dict(os.environ, CELERY_BROKER_URL=url):
        yield
