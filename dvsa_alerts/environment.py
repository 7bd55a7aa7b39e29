"""The one place that reads the process environment, with a type for each variable.

A missing or malformed value stops the start with the variable's name (`ImproperlyConfigured`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Environment:
    """Everything the deployment decides; see docs/operations.md for what each variable means."""

    secret_key: str
    debug: bool
    allowed_hosts: list[str]
    site_url: str
    site_name: str
    database: dict[str, Any]
    owner_database: dict[str, Any]
    redis_url: str
    email: dict[str, Any]
    default_from_email: str
    vapid_private_key: str
    vapid_subject: str
    push_hosts: list[str]
    map_tile_url: str
    trusted_proxies: list[Network]
    trusted_networks: list[Network]
    bounce_secret: str
    dev_mail_dir: str
    backup_dir: str


def read_environment(env: environ.Env | None = None) -> Environment:
    """Read and check every variable; raises ImproperlyConfigured naming the first bad one."""
    env = env or environ.Env()
    return Environment(
        secret_key=_read("SECRET_KEY", env.str),
        debug=_read("DEBUG", env.bool, False),
        allowed_hosts=_read("ALLOWED_HOSTS", env.list),
        site_url=_read("SITE_URL", env.str).rstrip("/"),
        site_name=_read("SITE_NAME", env.str, "Slot Alerts"),
        database=_read("DATABASE_URL", _postgis(env)),
        owner_database=_read_owner_database(env),
        redis_url=_read("REDIS_URL", env.str),
        email=_read("EMAIL_URL", env.email_url),
        default_from_email=_read("DEFAULT_FROM_EMAIL", env.str),
        vapid_private_key=_read("VAPID_PRIVATE_KEY", env.str),
        vapid_subject=_read("VAPID_SUBJECT", env.str),
        push_hosts=_read("PUSH_HOSTS", env.list),
        map_tile_url=_read("MAP_TILE_URL", env.str, ""),
        trusted_proxies=_read("TRUSTED_PROXIES", _networks(env), []),
        trusted_networks=_read("TRUSTED_NETWORKS", _networks(env), []),
        bounce_secret=_read("BOUNCE_SECRET", env.str, ""),
        dev_mail_dir=_read("DEV_MAIL_DIR", env.str, ""),
        backup_dir=_read("BACKUP_DIR", env.str, ""),
    )


def _read(name: str, reader: Callable[..., Any], *default: Any) -> Any:
    """Read one variable; whatever is wrong with it is said with its name."""
    try:
        return reader(name, default=default[0]) if default else reader(name)
    except ImproperlyConfigured as error:
        raise ImproperlyConfigured(f"{name} is missing: {error}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ImproperlyConfigured(f"{name} cannot be read: {error}") from error


def _read_owner_database(env: environ.Env) -> dict[str, Any]:
    """The owner's connection, which is the application's where none is given."""
    name = "DATABASE_OWNER_URL" if env.str("DATABASE_OWNER_URL", default="") else "DATABASE_URL"
    return _read(name, _postgis(env))


def _postgis(env: environ.Env) -> Callable[[str], dict[str, Any]]:
    """A reader that accepts only PostGIS databases and takes `?host=` as the socket's directory."""

    def read(name: str) -> dict[str, Any]:
        config = dict(env.db_url(name))
        if config.get("ENGINE") != "django.contrib.gis.db.backends.postgis":
            raise ValueError("it has to start with postgis://")
        options = config.get("OPTIONS", {})
        config["HOST"] = config.get("HOST") or options.pop("host", "")
        return config

    return read


def _networks(env: environ.Env) -> Callable[..., list[Network]]:
    """A reader of comma-separated addresses or networks, such as `127.0.0.1,10.0.0.0/8`."""

    def read(name: str, default: list[Network]) -> list[Network]:
        return [ip_network(part, strict=False) for part in env.list(name, default=default)]

    return read
