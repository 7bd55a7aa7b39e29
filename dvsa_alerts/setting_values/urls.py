"""Addresses of servers, pages and people, which may hold passwords: none is repeated."""

import re
from email.utils import parseaddr
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import EmailValidator, URLValidator
from environ import Env
from psycopg import ProgrammingError
from psycopg.conninfo import make_conninfo

from dvsa_alerts.setting_values.values import BadValue

ENCODE = (
    "has a user or password with a character that has to be percent-encoded (%23 for #, %2F for /, "
    "%3F for ?, %40 for @, %25 for %)"
)
REDIS = ("redis", "rediss", "redis+socket")
MAIL = ("smtp", "smtp+tls", "smtps", "smtp+ssl")
STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
# Django's own, besides libpq's.
DJANGOS = {"assume_role", "isolation_level", "pool", "server_side_binding"}
WHOLE_NUMBERS = (
    "connect_timeout", "keepalives", "keepalives_count", "keepalives_idle", "keepalives_interval",
    "tcp_user_timeout",
)  # fmt: skip
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


def postgis(value: str) -> dict[str, Any]:
    """A PostGIS database, as Django's DATABASES has it; `?host=` may be the socket's folder."""
    _split(value, ("postgis",), several_hosts=True)
    config = dict(_parsed(Env.db_url_config, value))
    options = config.get("OPTIONS", {})
    config["HOST"] = config.get("HOST") or options.pop("host", "")
    if not config["NAME"]:
        raise BadValue("has to end with a slash and the database's name")
    _check_options(options)
    return config


def _check_options(options: dict[str, Any]) -> None:
    """What libpq would refuse at each connection."""
    for name, value in options.items():
        if name in WHOLE_NUMBERS and not isinstance(value, int):
            raise BadValue(f"has {name}, which has to be a whole number")
    if options.get("sslmode", "prefer") not in SSL_MODES:
        raise BadValue(f"has sslmode, which has to be one of {', '.join(SSL_MODES)}")
    for name in options.keys() - DJANGOS:
        try:
            make_conninfo(**{name: options[name]})
        except ProgrammingError:
            raise BadValue("has an option after ? that PostgreSQL doesn't know") from None


def redis(value: str) -> str:
    """Celery's broker: a host with a number of a database, or a socket's path."""
    parts = _split(value, REDIS)
    if parts.scheme != "redis+socket" and not re.fullmatch(r"/?\d*", parts.path):
        raise BadValue("has to end with the number of a database, such as /0")
    if parts.scheme == "redis+socket" and (parts.netloc or not parts.path.strip("/")):
        raise BadValue("has to be redis+socket:// and the socket's path from the root")
    return value


def mail_server(value: str) -> dict[str, Any]:
    """An SMTP server, as Django's settings name its parts."""
    _split(value, MAIL)
    return dict(_parsed(Env.email_url_config, value))


def site(value: str) -> str:
    """Scheme and host of the site, without a slash at the end."""
    parts = _split(value, ("http", "https"))
    if parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        raise BadValue("has to be https:// and the host alone, without a path or user")
    return value.rstrip("/")


def tiles(value: str) -> str:
    """An address of map tiles, with their place in braces."""
    missing = [part for part in ("{z}", "{x}", "{y}") if part not in value]
    if missing:
        raise BadValue(f"has to name the tile's place: {', '.join(missing)} is missing")
    _split(value.replace("{s}", "a"), ("http", "https"))
    return value


def sender(value: str) -> str:
    """Who mails come from: an address, or a name and the address in <>."""
    address = parseaddr(value)[1]
    try:
        EmailValidator(allowlist=["localhost"])(address)
    except ValidationError:
        raise BadValue("has to be an address, or a name and <address>") from None
    if not value.isprintable():
        raise BadValue("has to be one line")
    return value


def contact(value: str) -> str:
    """Whom a push service may write to: RFC 8292 names `mailto:` and `https:`.

    Apple's answers 403 to a contact on localhost or with a space in it.
    """
    try:
        if value.startswith("mailto:"):
            EmailValidator(allowlist=[])(value.removeprefix("mailto:"))
        else:
            URLValidator(schemes=["https"])(value)
    except ValidationError:
        raise BadValue("has to be mailto: with an address, or an https:// page") from None
    if urlsplit(value).hostname == "localhost":
        raise BadValue("names localhost, which no push service can reach")
    return value


def _split(value: str, schemes: tuple[str, ...], *, several_hosts: bool = False) -> SplitResult:
    """The parts of an address whose user and password are encoded as they have to be."""
    scheme, separator, rest = value.partition("://")
    if not separator or scheme not in schemes:
        raise BadValue(f"has to begin with {' or '.join(f'{each}://' for each in schemes)}")
    _check_encoding(rest)
    try:
        parts = urlsplit(value)
        if not several_hosts:
            _ = parts.port
    except ValueError:
        raise BadValue("has a host or port that can't be read") from None
    if not parts.hostname and scheme not in ("redis+socket", "postgis"):
        raise BadValue("names no host")
    return parts


def _check_encoding(rest: str) -> None:
    """What follows the scheme: an @ beyond the host is one of a password that was cut short."""
    netloc = re.split(r"[/?#]", rest, maxsplit=1)[0]
    user = netloc.rpartition("@")[0]
    is_cut_short = netloc and "@" in rest[len(netloc) :]
    if is_cut_short or STRAY_PERCENT.search(user) or re.search(r"[\s\[\]]", user):
        raise BadValue(ENCODE)


def _parsed(parse: Any, value: str) -> Any:
    try:
        return parse(value)
    except (ValueError, ImproperlyConfigured):
        raise BadValue("can't be read") from None
