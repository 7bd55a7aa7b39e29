"""The main journey with PgBouncer, in transaction mode, between the site and PostgreSQL."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page

from dvsa_alerts.dev.folders import as_server_user
from tests import servers
from tests.journeys.site import Site, running_site
from tests.journeys.steps import first_alert

CONFIGURATION = settings.BASE_DIR / "deploy" / "pgbouncer" / "pgbouncer.ini"
PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")

pytestmark = [
    pytest.mark.drill,
    pytest.mark.skipif(PGBOUNCER is None, reason="pgbouncer is not installed"),
]


@pytest.fixture(params=["phone"])
def size(request: pytest.FixtureRequest) -> str:
    """Once is enough: it is the database's side that is looked at."""
    return str(request.param)


@pytest.fixture(scope="module")
def pooler() -> Iterator[Path]:
    """PgBouncer in front of the run's cluster; the folder of its socket."""
    with servers.own_folder() as folder:
        (folder / "pgbouncer.ini").write_text(moved_here(CONFIGURATION.read_text(), folder))
        (folder / "userlist.txt").write_text('"app" ""\n')
        process = subprocess.Popen(
            [str(PGBOUNCER), "-q", folder / "pgbouncer.ini"],
            **as_server_user(),
        )
        assert servers.wait_until((folder / ".s.PGSQL.5432").exists, seconds=180)
        yield folder
        process.terminate()
        process.wait(20)


def moved_here(text: str, folder: Path) -> str:
    """The same modes and limits, between sockets, and without passwords."""
    cluster = settings.ENVIRONMENT.owner_database["HOST"]
    for ours, here in (
        ("app = host=127.0.0.1 port=5432 dbname=app", f"* = host={cluster}"),
        ("listen_addr = 127.0.0.1", f"unix_socket_dir = {folder}"),
        ("listen_port = 6432", "listen_port = 5432"),
        ("auth_type = scram-sha-256", "auth_type = trust"),
        ("/etc/pgbouncer", str(folder)),
    ):
        assert ours in text
        text = text.replace(ours, here)
    return f"{text}\nlogfile = {folder}/pgbouncer.log\n"


@pytest.fixture(scope="module")
def site(
    django_db_setup: None, pooler: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    url = f"postgis://app@/{{database}}?host={pooler}&disable_server_side_cursors=true"
    folder = tmp_path_factory.mktemp("site")
    with running_site(folder, simulate=600, coalesce=1, DATABASE_URL=url) as site:
        yield site


def test_the_main_journey_goes_through_it(site: Site, visitor: Page, pooler: Path) -> None:
    first_alert(visitor, site, "pooled@example.org")
    said = "".join(path.read_text() for path in site.log.glob("*.log"))
    for mistake in ("prepared statement", "cursor", "InternalError", "OperationalError"):
        assert mistake not in said
    assert f"db={site.database}" in (pooler / "pgbouncer.log").read_text()


def test_what_walks_a_whole_table_goes_through_it(site: Site, pooler: Path) -> None:
    """Elsewhere it reads with a cursor of the server's own, which outlives a transaction."""
    url = f"postgis://app@/{site.database}?host={pooler}&disable_server_side_cursors=true"
    walked = subprocess.run(
        [sys.executable, "manage.py", "verify_audit"], cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": url}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert walked.returncode == 0, walked.stderr
    assert "entries hold" in walked.stdout
