"""PostgreSQL's own programs, and how they reach the database that we are connected to."""

from pathlib import Path

from django.db import connection


def program(name: str) -> str:
    """`pg_dump` and the like, of the server's own version if installed, else from the path."""
    own = Path(f"/usr/lib/postgresql/{server_major_version()}/bin/{name}")
    return str(own) if own.exists() else name


def server_major_version() -> int:
    """15, say."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10_000


def environment() -> dict[str, str]:
    """What the programs read: a password never stands on a command line."""
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}
    given = connection.get_connection_params()
    values = {variable: given.get(name) for name, variable in names.items()}
    values["PGDATABASE"] = given.get("dbname")
    found = {name: str(value) for name, value in values.items() if value}
    return found | {"PATH": "/usr/bin:/bin"}
