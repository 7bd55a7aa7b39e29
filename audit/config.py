"""Settings that staff may change while the site runs: declared once, read through one typed place.

Each app declares its keys in its own `config.py`. A stored value that doesn't fit its
declaration is answered with the default and named by `faults()`.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from audit.models import SystemConfig

T = TypeVar("T")

# Design: a change takes effect in all processes within 5 s.
CACHE_SECONDS = 2.0
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")


@dataclass(frozen=True)
class Key(Generic[T]):
    """One declared setting: its name, how its text is read and checked, and its default."""

    name: str
    parse: Callable[[str], T] = field(compare=False)
    default: T
    help: str
    kind: str
    bounds: str = ""

    @property
    def default_text(self) -> str:
        """The default as it would be stored."""
        text = str(self.default)
        return text.lower() if isinstance(self.default, bool) else text

    def value(self) -> T:
        """The present value, at most CACHE_SECONDS old; the default where a good one is missing."""
        stored = _cache.read().get(self.name)
        if stored is None:
            return self.default
        try:
            return self.parse(stored)
        except ValueError:
            return self.default


class _Cache:
    """This process's copy of the table, read again once it is CACHE_SECONDS old."""

    def __init__(self) -> None:
        self._values: dict[str, str | None] = {}
        self._read_at: float | None = None

    def read(self) -> dict[str, str | None]:
        now = time.monotonic()
        if self._read_at is None or now - self._read_at > CACHE_SECONDS:
            self._values = dict(SystemConfig.objects.values_list("key", "value"))
            self._read_at = now
        return self._values

    def clear(self) -> None:
        self._read_at = None


_cache = _Cache()
AnyKey = Key[int] | Key[bool] | Key[str]
registry: dict[str, AnyKey] = {}


def forget_cached() -> None:
    """Make this process read the stored values again at the next use."""
    _cache.clear()


def declare_integer(name: str, *, default: int, minimum: int, maximum: int, help: str) -> Key[int]:
    """Declare a whole-number setting with inclusive bounds."""

    def parse(text: str) -> int:
        if not WHOLE_NUMBER.fullmatch(text) or not minimum <= int(text) <= maximum:
            raise ValueError(f"This has to be a whole number from {minimum} to {maximum}.")
        return int(text)

    key = Key(name, parse, default, help, "whole number", f"{minimum} to {maximum}")
    registry[name] = key
    return key


def declare_switch(name: str, *, default: bool, help: str) -> Key[bool]:
    """Declare an on/off setting, stored as `true` or `false`."""

    def parse(text: str) -> bool:
        words = {"true": True, "false": False}
        if text.strip().lower() not in words:
            raise ValueError("This has to be true or false.")
        return words[text.strip().lower()]

    key = Key(name, parse, default, help, "switch", "true or false")
    registry[name] = key
    return key


def declare_text(name: str, *, default: str, maximum: int, help: str) -> Key[str]:
    """Declare a text setting of at most `maximum` characters."""

    def parse(text: str) -> str:
        if len(text) > maximum:
            raise ValueError(f"This has to be at most {maximum} characters.")
        return text

    key = Key(name, parse, default, help, "text", f"at most {maximum} characters")
    registry[name] = key
    return key


@dataclass(frozen=True)
class Setting:
    """What is known of one key: its declaration, if there is one, and what is stored, if anything.

    `fault` says why the stored text doesn't count, so that the default does.
    """

    name: str
    key: AnyKey | None
    stored: str | None
    fault: str | None

    @property
    def text(self) -> str:
        """The value that counts, as it would be stored."""
        if self.key is None:
            return self.stored or ""
        counts = self.stored is not None and self.fault is None
        return str(self.stored) if counts else self.key.default_text


def read_settings() -> list[Setting]:
    """Every key that is declared or stored, in the order of their names; not from any cache."""
    stored = dict(SystemConfig.objects.values_list("key", "value"))
    return [_setting(name, stored.get(name)) for name in sorted({*registry, *stored})]


def faults() -> list[str]:
    """One sentence for each stored value that doesn't fit its declaration."""
    return [
        f"{each.name} is {each.stored!r}, which is not a {each.key.kind} of {each.key.bounds}"
        for each in read_settings()
        if each.key and each.fault
    ]


def _setting(name: str, stored: str | None) -> Setting:
    key = registry.get(name)
    return Setting(name, key, stored, _fault(key, stored))


def _fault(key: AnyKey | None, stored: str | None) -> str | None:
    try:
        if key and stored is not None:
            key.parse(stored)
    except ValueError as error:
        return str(error)
    return None
