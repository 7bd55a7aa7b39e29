"""PostgreSQL and Redis: those of `./dev run`, and throw-away ones."""

import contextlib
import os
import re
import shlex
import shutil
import socket
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .clock import by_the_real_clock
from .folders import (
    LARGE,
    SOCKETS,
    as_server_user,
    checkout_hash,
    held,
    hold,
    make_state_folder,
    others_using,
    private_folder,
    server_user,
    set_up_lock,
    uses_folder,
)
from .shell import Environment, RefusedError, call, quietly, say, step, undisturbed, wait_until

ROLES_SQL = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app_owner') THEN
        CREATE ROLE app_owner LOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app') THEN
        CREATE ROLE app LOGIN;
    END IF;
END $$;
SELECT 'CREATE DATABASE app OWNER app_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'app') \\gexec
"""
DATABASE_SQL = """
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO app_owner;
GRANT USAGE ON SCHEMA public TO app;
ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO app;
ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO app;
"""
# The tests clone a migrated database, reset it with triggers off, and end its sessions.
TEST_ROLES_SQL = """
ALTER ROLE app_owner CREATEDB;
GRANT pg_signal_backend TO app_owner;
GRANT SET ON PARAMETER session_replication_role TO app_owner;
"""
CONNECTIONS = ("max_connections=200",)
# Short queries of tables that nobody has analysed: as on a server, none is compiled for speed.
# Nor are they analysed at a moment that hangs on luck, by rows of a test that has ended.
VOLATILE = (
    "fsync=off", "synchronous_commit=off", "full_page_writes=off", "jit=off", "autovacuum=off",
    *CONNECTIONS,
)  # fmt: skip
# What the shell may have set for another database or project. PYTHONDONTWRITEBYTECODE, a habit of
# container images, would have each of the hundreds of processes compile all our modules again.
FOREIGN = re.compile(
    r"PG[A-Z]+|DJANGO_SETTINGS_MODULE|DATABASE_ROLE|VIRTUAL_ENV|PYTHONHOME|PYTHONDONTWRITEBYTECODE"
)


def without_foreign(inherited: Mapping[str, str]) -> Environment:
    """A PGPORT alone would have the cluster start where nobody looks for it."""
    return {name: value for name, value in inherited.items() if not FOREIGN.fullmatch(name)}


def postgres_folders(extensions: Iterable[Path]) -> list[Path]:
    """Binaries of the versions that have PostGIS, the newest first.

    `extensions` are the postgis.control files under /usr/share/postgresql/<version>/.
    """
    versions = sorted((int(path.parts[-3]) for path in extensions), reverse=True)
    return [Path(f"/usr/lib/postgresql/{version}/bin") for version in versions]


def postgres_binaries(data: Path | None = None) -> Path:
    """Those of the version that made `data`, where there is any."""
    controls = Path("/usr/share/postgresql").glob("[0-9]*/extension/postgis.control")
    found = postgres_folders(controls)
    version = data / "PG_VERSION" if data else None
    if version and version.exists():
        made_by = version.read_text().strip()
        found = [folder for folder in found if folder.parent.name == made_by]
        if not found:
            raise RefusedError(
                f"{data} is PostgreSQL {made_by}'s: install that, or remove the folder."
            )
    if not found:
        raise RefusedError("No PostgreSQL with PostGIS under /usr/lib/postgresql.")
    return found[0]


@dataclass(frozen=True)
class Postgres:
    """A cluster of our own, reached through its socket alone."""

    home: Path
    sockets: Path
    settings: tuple[str, ...] = ()
    for_tests: bool = False
    # The data of a stopped cluster that this one begins as a copy of.
    origin: Path | None = None

    name = "PostgreSQL"

    @property
    def data(self) -> Path:
        return self.home / "postgresql"

    def running(self) -> bool:
        if not self.data.exists():
            return False
        status = (postgres_binaries(self.data) / "pg_ctl", "status", "-D", self.data)
        return call(status, **as_server_user()).returncode == 0

    def start(self) -> None:
        if not self.data.exists():
            self._create()
        self._call("pg_ctl", "start", "-w", "-D", self.data, *self._options())

    def stop(self) -> None:
        self._call("pg_ctl", "stop", "-w", "-m", "fast", "-D", self.data)

    def prepare(self) -> None:
        """Roles, database and extensions; what is there already stays."""
        self.execute("postgres", ROLES_SQL)
        self.execute("app", DATABASE_SQL)
        if self.for_tests:
            self.execute("template1", DATABASE_SQL + TEST_ROLES_SQL)

    def _create(self) -> None:
        """Under another name first, so that a half-made cluster is never taken for one."""
        unfinished = self.data.with_suffix(".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        if self.origin:
            quietly(("cp", "--archive", self.origin, unfinished))
        else:
            options = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
            extra = ("--no-sync", "--no-instructions")
            self._call("initdb", "-D", unfinished, *options, *extra)
        unfinished.rename(self.data)

    def _options(self) -> tuple[str | Path, ...]:
        ours = (
            "listen_addresses=",
            f"unix_socket_directories={self.sockets}",
            "unix_socket_permissions=0700",
            "timezone=UTC",
            "log_timezone=UTC",
        )
        words = shlex.join(word for pair in (*ours, *self.settings) for word in ("-c", pair))
        return ("-l", self.home / "postgresql.log", "-o", words)

    def execute(self, database: str, statements: str) -> None:
        quiet = f"SET client_min_messages = warning;\n{statements}"
        words = ("-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", self.sockets, "-U", "postgres")
        self._call("psql", *words, "-d", database, "-f", "-", input=quiet)

    def _call(self, program: str, *words: str | Path, **options: Any) -> None:
        options |= as_server_user() | {"env": without_foreign(os.environ)}
        quietly((postgres_binaries(self.data) / program, *words), **options)


@dataclass(frozen=True)
class Redis:
    """Holds nothing that may not be lost, so it keeps nothing on disk."""

    home: Path
    sockets: Path

    name = "Redis"

    @property
    def socket(self) -> Path:
        return self.sockets / "redis.sock"

    def running(self) -> bool:
        try:
            return self._send("PING").startswith(b"+PONG")
        except OSError:
            return False

    def start(self) -> None:
        env = by_the_real_clock(os.environ)
        quietly(("redis-server", *self._options()), env=env, **as_server_user())
        wait_until(self.running, f"Redis has not started: see {self.home / 'redis.log'}.")

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self._send("SHUTDOWN NOSAVE")
        wait_until(lambda: not self.running(), "Redis does not stop.")

    def _options(self) -> tuple[str | Path, ...]:
        reached = ("--port", "0", "--unixsocket", self.socket, "--unixsocketperm", "700")
        kept = ("--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction")
        log = ("--dir", self.home, "--logfile", self.home / "redis.log")
        return (*reached, *kept, *log, "--daemonize", "yes")

    def _send(self, command: str) -> bytes:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            client.connect(str(self.socket))
            client.sendall(f"{command}\r\n".encode())
            return client.recv(100)


Server = Postgres | Redis


def start_missing(servers: Iterable[Server]) -> list[Server]:
    """Start those that don't run, prepare the database, and answer what was started."""
    started = []
    for server in servers:
        if not server.running():
            with step(f"Starting {server.name}"):
                server.start()
            started.append(server)
        if isinstance(server, Postgres):
            server.prepare()
    return started


def stop(servers: Iterable[Server]) -> None:
    for server in servers:
        if server.running():
            server.stop()


def development_servers() -> tuple[Postgres, Redis]:
    home = make_state_folder() / "servers"
    sockets = SOCKETS / f"dvsa-{checkout_hash()}"
    return Postgres(home, sockets), Redis(home, sockets)


def start_development_servers() -> tuple[list[Server], int]:
    """Those that were not running, and the lock that says that we use them."""
    with set_up_lock():
        lock = hold(uses_folder() / str(os.getpid()))
        servers = development_servers()
        private_folder(servers[0].home)
        private_folder(servers[0].sockets)
        return start_missing(servers), lock


def stop_unless_used(servers: Sequence[Server]) -> None:
    with set_up_lock():
        if servers and others_using():
            say("Another ./dev still uses PostgreSQL and Redis: ./dev down stops them.")
        else:
            stop(servers)


@contextlib.contextmanager
def throw_away_servers(
    settings: tuple[str, ...] = VOLATILE, under: Path = SOCKETS, origin: Path | None = None
) -> Iterator[Path]:
    """A cluster, new or a copy, and a Redis, which are gone afterwards; their folder."""
    with set_up_lock():
        sweep()
        folder = Path(tempfile.mkdtemp(prefix=throw_away_prefix(), dir=under))
        os.chown(folder, server_user().pw_uid, server_user().pw_gid)
        lock = hold(folder / "lock")
    try:
        postgres = Postgres(folder, folder, settings, for_tests=True, origin=origin)
        start_missing((postgres, Redis(folder, folder)))
        yield folder
    finally:
        with undisturbed():
            throw_away(folder)
            os.close(lock)


def throw_away_prefix() -> str:
    return f"dvsa-{checkout_hash()}-test-"


def throw_away(folder: Path) -> None:
    stop((Postgres(folder, folder), Redis(folder, folder)))
    shutil.rmtree(folder, ignore_errors=True)


def sweep() -> None:
    """Throw away what killed runs have left behind."""
    for base in (SOCKETS, LARGE):
        for folder in base.glob(f"{throw_away_prefix()}*"):
            ours = folder.lstat().st_uid == server_user().pw_uid and not folder.is_symlink()
            if ours and not held(folder / "lock"):
                throw_away(folder)
