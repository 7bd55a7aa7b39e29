"""A primary with a synchronous standby, which takes over when the primary is gone."""

from pathlib import Path

import psycopg
from django.conf import settings

from dvsa_alerts.dev.folders import private_folder
from dvsa_alerts.dev.migrated import migrated_cluster
from dvsa_alerts.dev.services import Postgres
from tests import servers

PAGE = settings.BASE_DIR / "docs" / "operations.md"
SETTINGS = ("max_connections=100", "jit=off", "wal_level=replica", "hot_standby=on")


class Pair:
    """Two clusters, each reached through the socket in its own folder."""

    def __init__(self, folder: Path) -> None:
        self._folders = [private_folder(folder / name) for name in "ab"]
        self.primary, self.standby = (
            Postgres(place, place, SETTINGS, for_tests=True, origin=migrated_cluster())
            for place in self._folders
        )

    @property
    def hosts(self) -> str:
        """As clients name them: both, in any order."""
        return ",".join(map(str, self._folders))

    def start(self) -> None:
        """The primary alone, with roles and extensions."""
        self.primary.start()
        self.primary.prepare()

    def replicate(self) -> None:
        """Copy the primary, start the copy, and let every commit wait for it from now on."""
        role, *waiting = _as_the_page_says()
        with self._superuser() as connection:
            connection.execute(role)
            source = ("-h", self.primary.sockets, "-U", "replicator", "-D", self.standby.data)
            self.primary._call("pg_basebackup", *source, "-R", "-X", "stream", "-c", "fast")
            self.standby.start()
            for statement in waiting:
                connection.execute(statement)
            assert servers.wait_until(lambda: _is_synchronous(connection), seconds=180)

    def fail_over(self) -> None:
        """The primary is gone at once, writing nothing down; the standby takes over."""
        self.primary._call("pg_ctl", "stop", "-m", "immediate", "-D", self.primary.data)
        self.standby._call("pg_ctl", "promote", "-w", "-D", self.standby.data)

    def stop(self) -> None:
        """Whichever runs."""
        for cluster in (self.primary, self.standby):
            if cluster.running():
                cluster.stop()

    def _superuser(self) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.primary.sockets), user="postgres", dbname="postgres", autocommit=True
        )


def _as_the_page_says() -> list[str]:
    """The SQL that an operator is given for a standby, in its order."""
    lines = PAGE.read_text().partition("**A standby**")[2].splitlines()
    return [line.strip() for line in lines if line.startswith("    ") and line.endswith(";")]


def _is_synchronous(connection: psycopg.Connection) -> bool:
    found = connection.execute("SELECT sync_state FROM pg_stat_replication").fetchone()
    return found == ("sync",)
