"""The environment in which the program is started."""

import base64
import json
import os
import secrets
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .folders import make_state_folder
from .services import development_servers, postgres_binaries, without_foreign
from .shell import PYTHON, Environment

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
PUSH_HOSTS = (
    "fcm.googleapis.com",
    "push.services.mozilla.com",
    "push.apple.com",
    "notify.windows.com",
)
# Celery's, in ten lines for each worker; servers run as another user, and pickles aren't read.
AS_ROOT = "ignore:You're running the worker with superuser privileges"


def free_port(wanted: int = 0) -> int:
    """`wanted` if nothing listens there, else any; 0 is any."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return free_port()
        return int(probe.getsockname()[1])


def vapid_private_key() -> str:
    """A P-256 private key, as base64url of its 32 bytes without padding."""
    number = 1 + secrets.randbelow(P256_ORDER - 1)
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()


def kept_values(folder: Path, **changed: int) -> dict[str, Any]:
    """Secrets and ports, made once for a folder and then kept in it."""
    file = folder / "values.json"
    values = {
        "secret_key": secrets.token_urlsafe(50),
        "bounce_secret": secrets.token_urlsafe(32),
        "vapid_private_key": vapid_private_key(),
        "port": 8000,
        "mail_port": free_port(),
    }
    values |= json.loads(file.read_text()) if file.exists() else {}
    values |= changed
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as output:
        json.dump(values, output)
    return values


def server_settings(sockets: Path) -> Environment:
    return {
        "DATABASE_URL": f"postgis://app@/app?host={sockets}",
        "DATABASE_OWNER_URL": f"postgis://app_owner@/app?host={sockets}",
        "REDIS_URL": f"redis+socket://{sockets}/redis.sock",
        "PGHOST": str(sockets),
    }


def program_settings(values: Mapping[str, Any], folder: Path) -> Environment:
    return {
        "SECRET_KEY": values["secret_key"],
        "DEBUG": "true",
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        "SITE_URL": f"http://127.0.0.1:{values['port']}",
        "SITE_NAME": "Slot Alerts",
        "OPERATOR_NAME": "Slot Alerts",
        "EMAIL_URL": f"smtp://127.0.0.1:{values['mail_port']}",
        "DEFAULT_FROM_EMAIL": "Slot Alerts <alerts@example.org>",
        "DEV_MAIL_DIR": str(folder / "mail"),
        "VAPID_PRIVATE_KEY": values["vapid_private_key"],
        "VAPID_SUBJECT": "mailto:alerts@example.org",
        "PUSH_HOSTS": ",".join(PUSH_HOSTS),
        "MAP_TILE_URL": "",
        "TRUSTED_PROXIES": "",
        "TRUSTED_NETWORKS": "127.0.0.0/8,::1/128",
        "WEBHOOKS": "true",
        "BOUNCE_SECRET": values["bounce_secret"],
    }


def environment(
    program: Environment, servers: Environment, inherited: Mapping[str, str], *, fixed: bool
) -> Environment:
    """What is inherited goes before the program's settings, unless `fixed`.

    It never goes before the servers' addresses: a DATABASE_URL that was meant for
    something else must not be migrated.
    """
    rest = without_foreign(inherited)
    settings = rest | program if fixed else program | rest
    path = f"{PYTHON.parent}:{postgres_binaries()}:{rest.get('PATH', os.defpath)}"
    return settings | servers | {"PATH": path, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": AS_ROOT}


def development_environment(**changed: int) -> Environment:
    folder = make_state_folder()
    program = program_settings(kept_values(folder, **changed), folder)
    servers = server_settings(development_servers()[0].sockets)
    return environment(program, servers, os.environ, fixed=False)


def throw_away_environment(folder: Path) -> Environment:
    """Nothing that is set in the shell may change what a test says."""
    program = program_settings(kept_values(folder), folder)
    return environment(program, server_settings(folder), os.environ, fixed=True)
