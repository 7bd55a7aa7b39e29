"""Sources that we ask: each at its own interval, politely, and at public addresses only."""

import random
from codecs import BOM_UTF8
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from slots import concerns
from slots.fetching.fetch import TOTAL_SECONDS, Fetched, FetchError, fetch
from slots.ingestion.batches import MOST_BYTES, Batch, parse_csv, parse_json
from slots.ingestion.ingest import Outcome, read_and_ingest
from slots.models import FeedBatch, Source

# While one worker asks, no other does; it is free again at once when the answer is dealt with.
LEASE = timedelta(seconds=2 * TOTAL_SECONDS)
LONGEST_BACKOFF_SECONDS = 3600
FAILURES_UNTIL_CONCERN = 5
ACCEPTED = ("application/json", "text/csv")
JSON_TYPES = {"application/json", "text/json", "application/x-json"}
CSV_TYPES = {"text/csv", "application/csv", "text/comma-separated-values"}
# What servers say of any file that they know nothing of: its beginning tells what it is.
UNTOLD_TYPES = {"", "text/plain", "application/octet-stream", "binary/octet-stream"}
GZIP_MAGIC = b"\x1f\x8b"


class NotUsableError(Exception):
    """The feed's answer can't be used; the sentence says why."""


@dataclass(frozen=True)
class Polled:
    """What came of asking one source: the outcome of its batch, nothing new, or a failure."""

    source: str
    outcome: Outcome | None = None
    failure: str | None = None

    def __str__(self) -> str:
        """One line for a log."""
        if self.failure:
            return f"{self.source}: {self.failure}"
        if self.outcome is None:
            return f"{self.source}: nothing new"
        done = self.outcome
        return f"{self.source}: {done.status}, {done.opened} opened, {done.closed} closed"


def polled_sources() -> QuerySet[Source]:
    """The active sources that have an address to ask."""
    return Source.objects.filter(is_active=True, url__isnull=False).exclude(url="")


def poll_due() -> Iterator[Polled]:
    """Ask every source whose time has come, each by whichever worker claims it first."""
    due = Q(next_poll_at=None) | Q(next_poll_at__lte=Now())
    waiting = polled_sources().filter(due).order_by("next_poll_at")
    for pk in list(waiting.values_list("pk", flat=True)):
        if polled_sources().filter(due, pk=pk).update(next_poll_at=Now() + LEASE):
            yield poll(source=Source.objects.get(pk=pk))


def poll(*, source: Source) -> Polled:
    """Ask one source now and ingest what it answers; a failure is kept, counted and answered."""
    try:
        with _asked(source) as fetched:
            outcome = _take(source, fetched)
    except (FetchError, NotUsableError) as error:
        reason = "".join(sign if sign.isprintable() else "\ufffd" for sign in str(error))
        _note_failure(source, reason)
        return Polled(source.name, failure=reason)
    return Polled(source.name, outcome)


@contextmanager
def _asked(source: Source) -> Iterator[Fetched]:
    """Ask for what has changed since the last answer that we could use."""
    said = {"If-None-Match": source.etag, "If-Modified-Since": source.last_modified}
    headers = {name: value for name, value in said.items() if value}
    accept = {"Accept": ", ".join(ACCEPTED), "User-Agent": "dvsa-alerts"}
    with fetch(source.url or "", headers=accept | headers, max_bytes=MOST_BYTES) as fetched:
        yield fetched


def _take(source: Source, fetched: Fetched) -> Outcome | None:
    if fetched.status == HTTPStatus.NOT_MODIFIED:
        if not (source.etag or source.last_modified):
            raise NotUsableError("the answer was 304 Not Modified to a request for everything")
        _note_success(source, heard_at=Now())
        return None
    outcome = read_and_ingest(source=source, read=lambda: _parse(fetched))
    if outcome.status == FeedBatch.Status.REFUSED:
        raise NotUsableError(outcome.reason)
    _note_success(source, **_validators(fetched, outcome))
    return outcome


def _parse(fetched: Fetched) -> Batch:
    kind = fetched.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in JSON_TYPES | CSV_TYPES | UNTOLD_TYPES:
        raise NotUsableError(f"the answer is neither JSON nor CSV but {kind[:50]}")
    start = fetched.body.read(1024).removeprefix(BOM_UTF8).lstrip()
    fetched.body.seek(0)
    if start.startswith(GZIP_MAGIC):
        raise NotUsableError("the answer is packed by gzip, which was not asked for")
    if kind in JSON_TYPES or (kind in UNTOLD_TYPES and start.startswith(b"{")):
        return parse_json(fetched.body)
    return parse_csv(fetched.body)


def _validators(fetched: Fetched, outcome: Outcome) -> dict[str, str | None]:
    """What to ask with next time. A held batch is to be sent again: the next one decides."""
    if outcome.status == FeedBatch.Status.HELD:
        return {"etag": None, "last_modified": None}
    return {
        "etag": _header(fetched, "etag", 500),
        "last_modified": _header(fetched, "last-modified", 100),
    }


def _header(fetched: Fetched, name: str, longest: int) -> str | None:
    value = fetched.headers.get(name, "")
    return value if value.isprintable() and value.isascii() and len(value) <= longest else None


def _note_success(source: Source, **changes: Any) -> None:
    interval = timedelta(seconds=source.poll_interval_seconds)
    Source.objects.filter(pk=source.pk).update(
        failures=0, last_error=None, next_poll_at=Now() + interval, **changes
    )


def _note_failure(source: Source, reason: str) -> None:
    """Wait longer after each failure in a row, and tell staff once there are several."""
    Source.objects.filter(pk=source.pk).update(failures=F("failures") + 1, last_error=reason)
    source.refresh_from_db(fields=["failures"])
    wait = timedelta(seconds=_backoff(source.poll_interval_seconds, source.failures))
    Source.objects.filter(pk=source.pk).update(next_poll_at=Now() + wait)
    if source.failures >= FAILURES_UNTIL_CONCERN:
        concerns.raise_failing(source, reason)


def _backoff(interval: int, failures: int) -> float:
    """Seconds: doubled with each failure up to an hour (or the interval), less up to a quarter."""
    longest = max(LONGEST_BACKOFF_SECONDS, interval)
    doubled = min(interval * 2 ** min(failures, 20), longest)
    return doubled * random.uniform(0.75, 1)  # noqa: S311
