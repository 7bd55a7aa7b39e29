"""What the drills of delivery stand on: a Redis and a mail server of their own."""

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import servers
from tests.drills.recovering import Watched, migrated
from tests.smtp_sink import Sink


@pytest.fixture
def own_redis() -> Iterator[servers.OwnRedis]:
    with servers.own_folder() as folder:
        redis = servers.OwnRedis(folder)
        redis.start()
        yield redis
        redis.stop()


@pytest.fixture
def sink(monkeypatch) -> Iterator[Sink]:
    """A mail server that the worker processes are pointed at."""
    server = Sink()
    monkeypatch.setenv("EMAIL_URL", f"smtp://127.0.0.1:{server.port}")
    yield server
    server.close()


@pytest.fixture
def seed() -> int:
    """Printed with a failure; DRILL_SEED repeats it."""
    number = int(os.environ.get("DRILL_SEED", random.SystemRandom().randrange(10**6)))
    print(f"DRILL_SEED={number}")  # noqa: T201 - pytest shows it when the test fails
    return number


@pytest.fixture
def watched(seed: int, sink: Sink) -> Watched:
    """Of a drill of recovery."""
    return Watched(seed, sink)


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def own_postgres(transactional_db, monkeypatch) -> Iterator[servers.OwnPostgres]:
    """A migrated cluster that this process and those it starts use instead of the run's."""
    with servers.own_folder() as folder:
        cluster = servers.OwnPostgres(folder, migrated=True)
        with migrated(cluster, monkeypatch) as own:
            yield own
