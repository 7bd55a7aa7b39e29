"""A migrated cluster that is kept, so that each run of the tests begins with a copy of it."""

import hashlib
import os
import shutil
from pathlib import Path

from . import services
from .environment import throw_away_environment
from .folders import hold, make_state_folder
from .services import Postgres, postgres_binaries, throw_away_servers
from .shell import PYTHON, ROOT, quietly, say

# Beside the migrated database: what tests clone, to which nobody is connected.
TEMPLATE = "test_template"
TEMPLATE_SQL = f"CREATE DATABASE {TEMPLATE} TEMPLATE app OWNER app_owner"


def migrated_cluster() -> Path:
    """Its data, made where there is none yet for the migrations as they are now.

    Anyone who uses a copy still runs `migrate`, for what follows each one: permissions and roles.
    """
    kept = make_state_folder() / "migrated"
    lock = hold(kept.with_suffix(".lock"))
    try:
        data = kept / made_from()
        if not data.exists():
            say("Migrating a cluster, which tests start from:")
            _make(data)
        return data
    finally:
        os.close(lock)


def made_from(root: Path = ROOT) -> str:
    """A name that is another once a migration, a requirement or the cluster's SQL is another."""
    files = [*sorted(root.glob("*/migrations/*.py")), root / "requirements.txt"]
    parts = [part for file in files for part in (str(file.relative_to(root)), file.read_text())]
    parts += [Path(services.__file__).read_text(), TEMPLATE_SQL, str(postgres_binaries())]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _make(data: Path) -> None:
    """Under another name first, and on the disk before it has its own."""
    shutil.rmtree(data.parent, ignore_errors=True)
    data.parent.mkdir()
    unfinished = data.with_suffix(".new")
    with throw_away_servers() as folder:
        cluster = Postgres(folder, folder)
        env = throw_away_environment(folder)
        quietly((PYTHON, "manage.py", "migrate"), cwd=ROOT, env=env)
        cluster.execute("postgres", TEMPLATE_SQL)
        cluster.stop()
        quietly(("cp", "--archive", cluster.data, unfinished))
    os.sync()
    unfinished.rename(data)
