"""Trying what the settings name: do the servers answer, and may this user write where it has to?"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from smtplib import SMTPException, SMTPResponseException
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.db import DatabaseError, connections
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from dvsa_alerts.environment import SCHEMA, Environment
from dvsa_alerts.operations.backups.erasures import FILE
from dvsa_alerts.operations.workers.broker import queue_lengths
from dvsa_alerts.starting import faults_here

PATIENCE = 5
VERSION = "SELECT current_setting('server_version'), postgis_lib_version()"


@dataclass(frozen=True)
class Tried:
    """What came of one variable."""

    setting: str
    is_right: bool
    says: str


def try_all(environment: Environment) -> list[Tried]:
    """Each variable in the order of the schema; those that name a server or folder are tried."""
    lacking = faults_here(environment)
    tries = {
        "DATABASE_URL": lambda: _database(environment.database),
        "DATABASE_OWNER_URL": lambda: _owner_database(environment),
        "REDIS_URL": _redis,
        "EMAIL_URL": _mail,
        "BACKUP_DIR": lambda: _erasures(environment.backup_dir),
    }
    names = [each.name for each in SCHEMA.values()]
    return [
        Tried(name, False, lacking[name]) if name in lacking else _tried(name, tries.get(name))
        for name in names
    ]


def _tried(name: str, attempt: Callable[[], str] | None) -> Tried:
    try:
        return Tried(name, True, attempt() if attempt else "fits")
    except (DatabaseError, OperationalError, RedisError, SMTPException, OSError) as error:
        return Tried(name, False, _reason(error))


def _database(config: dict[str, Any]) -> str:
    """By a connection of its own, as the program makes them."""
    options = {"connect_timeout": PATIENCE} | config.get("OPTIONS", {})
    django = connections.create_connection("default")
    django.settings_dict = {**django.settings_dict, **config, "OPTIONS": options}
    try:
        with django.cursor() as cursor:
            cursor.execute(VERSION)
            return "answers: PostgreSQL {}, PostGIS {}".format(*cursor.fetchone())
    finally:
        django.close()


def _owner_database(environment: Environment) -> str:
    if not environment.own_owner_database:
        return "not given: commands of the owner connect by DATABASE_URL"
    return _database(environment.own_owner_database)


def _redis() -> str:
    queue_lengths()
    return "answers"


def _mail() -> str:
    """Connect and sign in, and send nothing."""
    connection = get_connection(settings.EMAIL_BACKEND, timeout=PATIENCE)
    connection.open()
    connection.close()
    return "answers"


def _erasures(folder: str) -> str:
    """Who was erased is appended to a file there."""
    if not folder:
        return "not given: neither erasures nor the age of backups are looked after here"
    file = Path(folder, FILE)
    if not os.access(file if file.exists() else folder, os.W_OK):
        raise PermissionError(0, f"this user can't write {file}")
    return "erasures can be noted there"


def _reason(error: Exception) -> str:
    """The server's own words, on one line."""
    if isinstance(error, SMTPResponseException):
        said = error.smtp_error
        words = said.decode(errors="replace") if isinstance(said, bytes) else said
        return f"answered {error.smtp_code} {words}"
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(said.split()) or type(error).__name__
