"""Counting what a search would have told of, before it is saved; anyone may ask for that."""

from collections.abc import Collection
from datetime import datetime, timedelta
from threading import Lock

from django.db import OperationalError

from accounts.learners import Learner
from accounts.limits.requests import RateLimit
from accounts.models import SavedSearch
from alerts.config import PREVIEWS_PER_MINUTE
from alerts.matching.counting import openings_fitting
from audit.statement_time import is_too_slow, statements_within
from centers.models import Center

PREVIEWS = RateLimit("preview", PREVIEWS_PER_MINUTE)
LOOK_BACK = timedelta(days=7)
SECONDS = 2.0
# A wide search keeps a core of the database busy: one at a time in each process, so that the
# other threads, and the other cores, go on with what everyone else asks for.
_one_at_a_time = Lock()


def count_fitting(
    search: SavedSearch, centers: Collection[Center], *, since: datetime, learner: Learner | None
) -> int | None:
    """How many openings since then (aware) it would have told of, as `openings_fitting` says.

    None when others are counting, or it would take longer than SECONDS.
    """
    if not _one_at_a_time.acquire(blocking=False):
        return None
    try:
        with statements_within(SECONDS):
            return openings_fitting(search, since=since, centers=centers, learner=learner)
    except OperationalError as error:
        if is_too_slow(error):
            return None
        raise
    finally:
        _one_at_a_time.release()
