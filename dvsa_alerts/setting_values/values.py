"""Plain values: words, numbers, lists, folders, keys."""

import re
import shlex
from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TypeVar

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

Network = IPv4Network | IPv6Network
T = TypeVar("T")

YES = ("true", "yes", "on", "1")
NO = ("false", "no", "off", "0")
LONGEST_NAME = 80
SHORTEST_SECRET = 16
HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
PATTERN = re.compile(r"\*|\.?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]")
AGE_KEY = re.compile(r"age1[02-9ac-hj-np-z]{58,}")


class BadValue(ValueError):
    """Completes a sentence that begins with the variable's name, and repeats no secret."""


def text(value: str) -> str:
    """Any text."""
    return value


def shared_secret(value: str) -> str:
    """What two machines know: long enough not to be guessed."""
    if len(value) < SHORTEST_SECRET:
        raise BadValue(f"has to be {SHORTEST_SECRET} or more random characters")
    return value


def short_name(value: str) -> str:
    """A name for titles and the heads of mails."""
    if len(value) > LONGEST_NAME or not value.isprintable():
        raise BadValue(f"has to be one line of at most {LONGEST_NAME} characters")
    return value


def yes_or_no(value: str) -> bool:
    """`true` or `false`."""
    if value.lower() not in YES + NO:
        raise BadValue("has to be true or false")
    return value.lower() in YES


def number(least: int, most: int) -> Callable[[str], int]:
    """A reader of a whole number within bounds."""

    def read(value: str) -> int:
        if not (value.isascii() and value.isdecimal()) or not least <= int(value) <= most:
            raise BadValue(f"has to be a whole number from {least} to {most}")
        return int(value)

    return read


def list_of(read: Callable[[str], T]) -> Callable[[str], list[T]]:
    """A reader of values separated by commas."""
    return lambda value: [read(part.strip()) for part in value.split(",") if part.strip()]


def host_pattern(value: str) -> str:
    """A name as ALLOWED_HOSTS has it: `example.org`, `.example.org`, `[::1]` or `*`."""
    if not PATTERN.fullmatch(value):
        raise BadValue("has to be names of hosts alone, without https://, port or path")
    return value


def host_name(value: str) -> str:
    """The name of a host."""
    if not HOST.fullmatch(value):
        raise BadValue("has to be names of hosts alone, such as push.example.org")
    return value


def network(value: str) -> Network:
    """An address or a network, such as `10.0.0.0/8`."""
    try:
        return ip_network(value, strict=False)
    except ValueError:
        raise BadValue("has to be addresses or networks, such as 127.0.0.1,10.0.0.0/8") from None


def absolute_folder(value: str) -> str:
    """The path of a folder, from the root."""
    if not Path(value).is_absolute():
        raise BadValue("has to be a path that begins with /")
    return value


def recipient(value: str) -> str:
    """A public key of age, an SSH key that age takes, or the name of a GnuPG key."""
    if value.upper().startswith("AGE-SECRET-KEY-"):
        raise BadValue("is a private key, which belongs to another place: name the public one")
    if value.startswith("age1") and not AGE_KEY.fullmatch(value):
        raise BadValue("has to be a whole public key of age, as age-keygen -y prints it")
    if not value.isprintable() or value.startswith("-"):
        raise BadValue("has to be a public key of age or the name of a GnuPG key")
    return value


def command(value: str) -> str:
    """A program from the root, and words for it as a shell would split them."""
    try:
        program = shlex.split(value)[0]
    except (ValueError, IndexError):
        raise BadValue("has a quote that is never closed, or no program") from None
    if not program.startswith("/"):
        raise BadValue("has to begin with a program's path from /")
    return value


def signing_key(value: str) -> str:
    """A P-256 private key as base64url."""
    try:
        key = Vapid02.from_string(value).private_key
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise BadValue("has to be a P-256 private key, 32 bytes as base64url") from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise BadValue("has to be a key of the curve P-256")
    return value
