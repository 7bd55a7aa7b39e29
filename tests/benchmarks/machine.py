"""What the figures were measured on."""

import os
import platform
import re
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.db import connection


def describe() -> dict[str, Any]:
    """The machine, its load, and the versions of what was measured."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "processor": _first("/proc/cpuinfo", r"model name\s*:\s*(.+)"),
        "memory_gib": int(_first("/proc/meminfo", r"MemTotal:\s*(\d+)") or 0) // 2**20,
        "system": f"{platform.system()} {platform.release()}",
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "postgresql": _of_database("SHOW server_version"),
        "postgis": _of_database("SELECT extversion FROM pg_extension WHERE extname = 'postgis'"),
        **{name: version(name) for name in ("django", "psycopg", "celery", "gunicorn")},
    }


def _first(path: str, pattern: str) -> str:
    found = re.search(pattern, Path(path).read_text())
    return found[1].strip() if found else ""


def _of_database(query: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return str(cursor.fetchone()[0])
