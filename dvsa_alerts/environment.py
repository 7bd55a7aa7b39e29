"""The one place that reads the process environment, with a type for each variable.

A missing or malformed value stops the start with the variable's name (`ImproperlyConfigured`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import EmailValidator, URLValidator
from py_vapid import Vapid02

# What may come as a file, so that it stands in no process's environment.
SECRETS = (
    "SECRET_KEY", "SECRET_KEY_FALLBACKS", "DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL",
    "EMAIL_URL", "VAPID_PRIVATE_KEY",
    "VAPID_PRIVATE_KEY_FALLBACKS", "BOUNCE_SECRET",
)  # fmt: skip
Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Environment:
    """Everything the deployment decides; see docs/operations.md for what each variable means."""

    secret_key: str
    secret_key_fallbacks: list[str]
    debug: bool
    allowed_hosts: list[str]
    site_url: str
    site_name: str
    operator_name: str
    contact: str
    database: dict[str, Any]
    owner_database: dict[str, Any]
    redis_url: str
    email: dict[str, Any]
    default_from_email: str
    vapid_private_key: str
    vapid_private_key_fallbacks: list[str]
    vapid_subject: str
    push_hosts: list[str]
    map_tile_url: str
    trusted_proxies: list[Network]
    trusted_networks: list[Network]
    bounce_secret: str
    dev_mail_dir: str
    backup_dir: str
    backup_encrypt_to: str
    statement_seconds: int


def read_environment(env: environ.Env | None = None) -> Environment:
    """Read and check every variable; raises ImproperlyConfigured naming the first bad one."""
    env = env or environ.Env()
    env.ENVIRON = {**_from_files(env.ENVIRON), **env.ENVIRON}
    return Environment(
        secret_key=_read("SECRET_KEY", env.str),
        secret_key_fallbacks=_read("SECRET_KEY_FALLBACKS", env.list, []),
        debug=_read("DEBUG", env.bool, False),
        allowed_hosts=_read("ALLOWED_HOSTS", env.list),
        site_url=_read("SITE_URL", env.str).rstrip("/"),
        site_name=_read("SITE_NAME", env.str, "Slot Alerts"),
        operator_name=_read("OPERATOR_NAME", env.str, ""),
        contact=_read(
            "CONTACT" if env.str("CONTACT", default="") else "VAPID_SUBJECT", _contact(env)
        ),
        database=_read("DATABASE_URL", _postgis(env)),
        owner_database=_read_owner_database(env),
        redis_url=_read("REDIS_URL", env.str),
        email=_read("EMAIL_URL", env.email_url),
        default_from_email=_read("DEFAULT_FROM_EMAIL", env.str),
        vapid_private_key=_read("VAPID_PRIVATE_KEY", _signing_key(env)),
        vapid_private_key_fallbacks=_read("VAPID_PRIVATE_KEY_FALLBACKS", _signing_keys(env)),
        vapid_subject=_read("VAPID_SUBJECT", _contact(env)),
        push_hosts=_read("PUSH_HOSTS", env.list),
        map_tile_url=_read("MAP_TILE_URL", env.str, ""),
        trusted_proxies=_read("TRUSTED_PROXIES", _networks(env), []),
        trusted_networks=_read("TRUSTED_NETWORKS", _networks(env), []),
        bounce_secret=_read("BOUNCE_SECRET", env.str, ""),
        dev_mail_dir=_read("DEV_MAIL_DIR", env.str, ""),
        backup_dir=_read("BACKUP_DIR", env.str, ""),
        backup_encrypt_to=_read("BACKUP_ENCRYPT_TO", env.str, ""),
        statement_seconds=_read("STATEMENT_SECONDS", env.int, 0),
    )


def _from_files(environment: Mapping[str, str]) -> dict[str, str]:
    """The secrets that come as files: `SECRET_KEY_FILE=/path`, or as credentials of systemd's."""
    folder = environment.get("CREDENTIALS_DIRECTORY")
    files = {name: folder and f"{folder}/{name}" for name in SECRETS}
    found = {name: path for name, path in files.items() if path and Path(path).is_file()}
    found |= {
        name: environment[f"{name}_FILE"] for name in SECRETS if environment.get(f"{name}_FILE")
    }
    return {name: _content(name, path) for name, path in found.items()}


def _content(name: str, path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error}") from error


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


def _signing_key(env: environ.Env) -> Callable[[str], str]:
    """A reader of a P-256 private key."""
    return lambda name: _checked_signing_key(str(env.str(name)))


def _signing_keys(env: environ.Env) -> Callable[[str], list[str]]:
    """A reader of such keys, separated by commas; none by default."""
    return lambda name: [_checked_signing_key(text) for text in env.list(name, default=[])]


def _checked_signing_key(text: str) -> str:
    """The key itself; ValueError for what is none, which is not repeated, being a secret."""
    try:
        key = Vapid02.from_string(text).private_key
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError("it has to be a P-256 private key, 32 bytes as base64url") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise ValueError("its curve has to be P-256")
    return text


def _contact(env: environ.Env) -> Callable[[str], str]:
    """A reader of whom people and push services may write to: RFC 8292 names `mailto:`, `https:`.

    Apple's answers 403 to a contact on localhost or with a space in it.
    """

    def read(name: str) -> str:
        text = str(env.str(name))
        try:
            if text.startswith("mailto:"):
                EmailValidator(allowlist=[])(text.removeprefix("mailto:"))
            else:
                URLValidator(schemes=["https"])(text)
        except ValidationError:
            raise ValueError("it has to be mailto: with an address, or an https:// page") from None
        if urlsplit(text).hostname == "localhost":
            raise ValueError("a push service can't reach localhost")
        return text

    return read
