"""The schema as SQL for those who read SQL: one file for each migration, and the whole of it."""

import re
import subprocess
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from dvsa_alerts.operations.backups.postgres_programs import (
    environment,
    program,
    server_major_version,
)

OWN_APPS = ("audit", "centers", "accounts", "slots", "alerts", "dvsa_alerts")
# What pg_dump says of the session, of itself, and of extensions is not the schema.
NOISE = re.compile(r"^(SET |SELECT pg_catalog|--|\\|CREATE EXTENSION|COMMENT ON)")


def documents() -> dict[str, str]:
    """Every generated file's path below `docs/` and its text, from the connected database.

    Raises RuntimeError when pg_dump is not installed or refuses.
    """
    files = {f"sql/{app}_{name}.sql": _migration(app, name) for app, name in _migrations()}
    return files | {"schema.sql": _whole_schema()}


def stale(folder: Path) -> list[str]:
    """Paths below `folder` whose text is not what would be generated now, sorted."""
    expected = documents()
    if not _comparable(folder / "schema.sql"):
        del expected["schema.sql"]
    present = {str(path.relative_to(folder)) for path in folder.glob("sql/*.sql")}
    differing = {name for name, text in expected.items() if _read(folder / name) != text}
    return sorted(differing | (present - expected.keys()))


def write(folder: Path) -> int:
    """Write every file, remove those of migrations that are gone; answer how many stand there."""
    (folder / "sql").mkdir(parents=True, exist_ok=True)
    expected = documents()
    for path in folder.glob("sql/*.sql"):
        if str(path.relative_to(folder)) not in expected:
            path.unlink()
    for name, text in expected.items():
        (folder / name).write_text(text)
    return len(expected)


def _comparable(path: Path) -> bool:
    """Another major version of PostgreSQL words the same schema in another way."""
    text = _read(path)
    return text is None or not text.startswith("-- Generated") or text.startswith(_heading())


def _read(path: Path) -> str | None:
    return path.read_text() if path.exists() else None


def _migrations() -> Iterator[tuple[str, str]]:
    loader = MigrationLoader(connection)
    return (key for key in sorted(loader.graph.nodes) if key[0] in OWN_APPS)


def _migration(app: str, name: str) -> str:
    out = StringIO()
    call_command("sqlmigrate", app, name, stdout=out, no_color=True)
    return "\n".join(line.rstrip() for line in out.getvalue().strip().splitlines()) + "\n"


def _whole_schema() -> str:
    lines = [line.rstrip() for line in _dump().splitlines() if not NOISE.match(line)]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
    return f"{_heading()}\n\n{text}\n"


def _heading() -> str:
    return f"-- Generated from the migrations, as PostgreSQL {server_major_version()} dumps them."


def _dump() -> str:
    options = ["--schema-only", "--no-owner", "--no-privileges", "--schema=public"]
    result = subprocess.run(
        [program("pg_dump"), *options],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise RuntimeError(f"pg_dump refused: {result.stderr.strip()}")
    return result.stdout
