"""Settings that staff may change while the site runs: declared once, read through one typed place.

Each app declares its keys in its own `config.py`. A stored value that doesn't fit its
declaration is answered with the default and named by `faults()`.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from audit.models import SystemConfig

T = TypeVar("T")

# Design: a change takes effect in all processes within 5 s.
CACHE_SECONDS = 2.0


@dataclass(frozen=True)
class Key(Generic[T]):
    """One declared setting: its name, how its text is read and checked, and its default."""

    name: str
    parse: Callable[[str], T] = field(compare=False)
    default: T
    help: str
    kind: str
    bounds: str = ""

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
registry: dict[str, Key[int] | Key[bool] | Key[str]] = {}


def forget_cached() -> None:
    """Make this process read the stored values again at the next use."""
    _cache.clear()


def declare_integer(name: str, *, default: int, minimum: int, maximum: int, help: str) -> Key[int]:
    """Declare a whole-number setting with inclusive bounds."""

    def parse(text: str) -> int:
        number = int(text)
        if not minimum <= number <= maximum:
            raise ValueError(f"{name} has to be between {minimum} and {maximum}")
        return number

    key = Key(name, parse, default, help, "whole number", f"{minimum} to {maximum}")
    registry[name] = key
    return key


def declare_switch(name: str, *, default: bool, help: str) -> Key[bool]:
    """Declare an on/off setting, stored as `true` or `false`."""

    def parse(text: str) -> bool:
        words = {"true": True, "false": False}
        if text.strip().lower() not in words:
            raise ValueError(f"{name} has to be true or false")
        return words[text.strip().lower()]

    key = Key(name, parse, default, help, "switch", "true or false")
    registry[name] = key
    return key


def declare_text(name: str, *, default: str, maximum: int, help: str) -> Key[str]:
    """Declare a text setting of at most `maximum` characters."""

    def parse(text: str) -> str:
        if len(text) > maximum:
            raise ValueError(f"{name} has to be at most {maximum} characters")
        return text

    key = Key(name, parse, default, help, "text", f"at most {maximum} characters")
    registry[name] = key
    return key


def faults() -> list[str]:
    """One sentence for each stored value that doesn't fit its declaration."""
    sentences = []
    for key, stored in SystemConfig.objects.values_list("key", "value"):
        if key in registry and stored is not None:
            sentences += _fault(registry[key], stored)
    return sentences


def _fault(key: Key[int] | Key[bool] | Key[str], stored: str) -> list[str]:
    try:
        key.parse(stored)
    except ValueError:
        return [f"{key.name} is {stored!r}, which is not a {key.kind} of {key.bounds}"]
    return []
