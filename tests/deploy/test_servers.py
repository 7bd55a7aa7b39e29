"""PostgreSQL and Redis start with our settings, and PostgreSQL's log quotes nothing personal."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from dvsa_alerts.dev.folders import as_server_user
from dvsa_alerts.dev.services import Postgres
from tests import servers

DEPLOY = settings.BASE_DIR / "deploy"
EMAIL = "ada.learner@example.org"


@pytest.fixture(scope="module")
def cluster() -> Iterator[tuple[psycopg.Connection, Path]]:
    """With our settings as the file says them, less memory; a superuser's connection, the log."""
    postgres = Postgres
    lines = (DEPLOY / "postgresql" / "dvsa-alerts.conf").read_text().splitlines()
    told = [re.sub(r"\s*=\s*'?([^']*)'?$", r"=\1", line) for line in lines if re.match(r"\w", line)]
    smaller = ("shared_buffers=32MB", "maintenance_work_mem=16MB", "min_wal_size=32MB")
    with servers.own_folder() as folder:
        server = postgres(folder, folder, (*told, *smaller))
        server.start()
        with psycopg.connect(host=str(folder), user="postgres", autocommit=True) as connection:
            yield connection, folder / "postgresql.log"
        server.stop()


def test_postgresql_starts_with_them(cluster):
    connection, _ = cluster
    shown = connection.execute("SHOW idle_in_transaction_session_timeout").fetchone()
    assert shown == ("1min",)


def test_what_a_constraint_refuses_is_not_quoted_in_the_log(cluster):
    connection, log = cluster
    connection.execute("CREATE TABLE people (email text UNIQUE, note text NOT NULL)")
    connection.execute(f"INSERT INTO people VALUES ('{EMAIL}', '')")
    for statement in (
        f"INSERT INTO people VALUES ('{EMAIL}', '')",
        f"INSERT INTO people VALUES ('{EMAIL}', NULL)",
        f"SELECT '{EMAIL}'::int4 FROM nowhere",
    ):
        with pytest.raises(psycopg.Error):
            connection.execute(statement)
    text = log.read_text()
    assert "duplicate key value violates unique constraint" in text
    assert EMAIL not in text


def test_the_roles_are_made_once_as_the_file_says(cluster):
    connection, log = cluster
    done = subprocess.run(
        ["psql", "-X", "-v", "ON_ERROR_STOP=1", "-v", "owner_password=a'b", "-v", "app_password=c",
         "-h", log.parent, "-U", "postgres", "-f", DEPLOY / "postgresql" / "roles.sql"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    owner = connection.execute(
        "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'app'"
    ).fetchone()
    assert owner == ("app_owner",)


def test_redis_starts_with_them_and_evicts_nothing():
    with servers.own_folder() as folder:
        text = (DEPLOY / "redis" / "dvsa-alerts.conf").read_text()
        (folder / "redis.conf").write_text(f"{text}\nport 0\nunixsocket {folder}/redis.sock\n")
        process = subprocess.Popen(
            ["redis-server", folder / "redis.conf"], stdout=subprocess.DEVNULL,
            **as_server_user(),
        )  # fmt: skip
        try:
            assert servers.wait_until((folder / "redis.sock").exists, seconds=180)
            assert "noeviction" in _ask_redis(folder, "config", "get", "maxmemory-policy")
            assert _ask_redis(folder, "config", "get", "save").split() == ["save"]
            words = ["redis-cli", "-s", str(folder / "redis.sock"), "ping"]
            said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
            assert "NOAUTH" in said, "without the password it does nothing"
        finally:
            process.terminate()
            process.wait(20)


def _ask_redis(folder: Path, *words: str) -> str:
    command = [
        "redis-cli",
        "--no-auth-warning",
        "-a",
        "secret",
        "-s",
        str(folder / "redis.sock"),
        *words,
    ]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
