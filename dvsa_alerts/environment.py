"""The one place that reads the process environment: each variable with its type and its rule.

All that are missing or wrong stop the start, each with its name and one sentence.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured
from django.http.request import split_domain_port, validate_host

from dvsa_alerts.setting_values import urls, values
from dvsa_alerts.setting_values.values import BadValue, Network

REQUIRED: Final = object()
# Seconds of a statement; processes and threads of a web server.
A_DAY, MOST_PROCESSES, MOST_THREADS = 86_400, 256, 64
# Django's own least, by its check security.W009.
SHORTEST_KEY = 50


class WrongSettings(ImproperlyConfigured):
    """What is wrong, by variable; its text has a line for each, and no secret."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = dict(faults)
        super().__init__("\n".join(sentences(faults)))


@dataclass(frozen=True)
class Setting:
    """One variable; a secret may come as a file, so that it stands in no process's environment."""

    name: str
    read: Callable[[str], Any]
    default: Any
    is_secret: bool


def setting(
    name: str, read: Callable[[str], Any], default: Any = REQUIRED, *, is_secret: bool = False
) -> Any:
    """A field of the schema."""
    return field(metadata={"setting": Setting(name, read, default, is_secret)})


@dataclass(frozen=True)
class Environment:
    """Everything the deployment decides; deploy/environment.example says what each means."""

    secret_key: str = setting("SECRET_KEY", values.text, is_secret=True)
    secret_key_fallbacks: list[str] = setting(
        "SECRET_KEY_FALLBACKS", values.list_of(values.text), [], is_secret=True
    )
    debug: bool = setting("DEBUG", values.yes_or_no, False)
    allowed_hosts: list[str] = setting("ALLOWED_HOSTS", values.list_of(values.host_pattern))
    site_url: str = setting("SITE_URL", urls.site)
    site_name: str = setting("SITE_NAME", values.short_name, "Slot Alerts")
    operator_name: str = setting("OPERATOR_NAME", values.short_name, "")
    contact: str = setting("CONTACT", urls.contact, "")
    database: dict[str, Any] = setting("DATABASE_URL", urls.postgis, is_secret=True)
    own_owner_database: dict[str, Any] = setting(
        "DATABASE_OWNER_URL", urls.postgis, {}, is_secret=True
    )
    redis_url: str = setting("REDIS_URL", urls.redis, is_secret=True)
    email: dict[str, Any] = setting("EMAIL_URL", urls.mail_server, is_secret=True)
    default_from_email: str = setting("DEFAULT_FROM_EMAIL", urls.sender)
    vapid_private_key: str = setting("VAPID_PRIVATE_KEY", values.signing_key, is_secret=True)
    vapid_private_key_fallbacks: list[str] = setting(
        "VAPID_PRIVATE_KEY_FALLBACKS", values.list_of(values.signing_key), [], is_secret=True
    )
    vapid_subject: str = setting("VAPID_SUBJECT", urls.contact)
    push_hosts: list[str] = setting("PUSH_HOSTS", values.list_of(values.host_name))
    map_tile_url: str = setting("MAP_TILE_URL", urls.tiles, "")
    trusted_proxies: list[Network] = setting("TRUSTED_PROXIES", values.list_of(values.network), [])
    trusted_networks: list[Network] = setting(
        "TRUSTED_NETWORKS", values.list_of(values.network), []
    )
    webhooks: bool = setting("WEBHOOKS", values.yes_or_no, False)
    bounce_secret: str = setting("BOUNCE_SECRET", values.shared_secret, "", is_secret=True)
    dev_mail_dir: str = setting("DEV_MAIL_DIR", values.absolute_folder, "")
    backup_dir: str = setting("BACKUP_DIR", values.absolute_folder, "")
    backup_encrypt_to: str = setting("BACKUP_ENCRYPT_TO", values.recipient, "")
    backup_copy_command: str = setting("BACKUP_COPY_COMMAND", values.command, "")
    statement_seconds: int = setting("STATEMENT_SECONDS", values.number(0, A_DAY), 0)
    web_concurrency: int = setting("WEB_CONCURRENCY", values.number(0, MOST_PROCESSES), 0)
    web_threads: int = setting("WEB_THREADS", values.number(1, MOST_THREADS), 4)

    @property
    def owner_database(self) -> dict[str, Any]:
        """The owner's connection, which is the application's where none is given."""
        return self.own_owner_database or self.database


# By the name of its field.
SCHEMA: dict[str, Setting] = {each.name: each.metadata["setting"] for each in fields(Environment)}


def read_environment(given: Mapping[str, str] = os.environ) -> Environment:
    """Read and check every variable; raises WrongSettings with all that are missing or wrong."""
    faults: dict[str, str] = {}
    found: dict[str, Any] = {}
    for attribute, each in SCHEMA.items():
        try:
            found[attribute] = _value(each, given)
        except BadValue as error:
            faults[each.name] = str(error)
    faults |= _disagreements(found)
    if faults:
        raise WrongSettings(faults)
    return Environment(**found | {"contact": found["contact"] or found["vapid_subject"]})


def sentences(faults: Mapping[str, str]) -> list[str]:
    """One for each variable that is wrong."""
    return [f"{name} {reason}." for name, reason in faults.items()]


def _value(each: Setting, given: Mapping[str, str]) -> Any:
    """What a variable says, itself or in its file; nothing is the same as an empty one."""
    text = given.get(each.name) or (_in_file(each.name, given) if each.is_secret else "")
    if text:
        value = each.read(text)
        if value != []:
            return value
    if each.default is REQUIRED:
        raise BadValue("is missing")
    return each.default


def _in_file(name: str, given: Mapping[str, str]) -> str:
    """A secret in a file that is named, or among the credentials of systemd's."""
    credential = Path(given.get("CREDENTIALS_DIRECTORY", ""), name)
    path = given.get(f"{name}_FILE")
    if not path and not ("CREDENTIALS_DIRECTORY" in given and credential.is_file()):
        return ""
    try:
        return Path(path or credential).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise BadValue(f"can't be read from the file that {name}_FILE names: {reason}") from error


def _disagreements(found: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong by what another variable says, among those that can be read."""
    faults = {}
    if {"site_url", "allowed_hosts"} <= found.keys():
        host, _ = split_domain_port(found["site_url"].partition("://")[2])
        if not validate_host(host, found["allowed_hosts"]):
            faults["ALLOWED_HOSTS"] = f"doesn't have {host}, the host of SITE_URL"
    if not found.get("debug", True):
        keys = {
            "SECRET_KEY": [found.get("secret_key", "")],
            "SECRET_KEY_FALLBACKS": found.get("secret_key_fallbacks", []),
        }
        short = [
            name for name, each in keys.items() if any(0 < len(key) < SHORTEST_KEY for key in each)
        ]
        faults |= dict.fromkeys(short, f"has to be {SHORTEST_KEY} or more random characters")
    return faults
