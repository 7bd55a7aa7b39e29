"""What no log may hold: it is taken out of every line, whatever wrote it and whatever it quotes.

Addresses, postcodes, secrets and exact places come into logs mostly by way of other people's
errors: a row that a constraint refuses, a mail server's answer, a URL that could not be reached.
So this looks at the finished text, a traceback's too, and would rather take too much.
"""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

# ~110 m in Great Britain: the precision of links and pages too.
DECIMALS = 3

_URL = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s\"'<>()\[\]{}]+", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+")
# The forms of BS 7666 (its inward part has no C, I, K, M, O or V), however the gap is written.
_POSTCODE = re.compile(
    r"(?<![A-Z0-9])[A-Z]{1,2}[0-9][A-Z0-9]?(?:\s|\+|%20)*[0-9][ABD-HJLNP-UW-Z]{2}(?![A-Z0-9])",
    re.IGNORECASE,
)
_PARAMETER = re.compile(
    r"(?<![\w-])(postcode|near|email|login|password\d?|token|auth|p256dh|endpoint|secret)"
    r"([\"']?\s*[=:]\s*[\"']?)(?=[^\s\"'])[^\s\"'&,;)}\]]+(?:,-?[\d.]+)?",
    re.IGNORECASE,
)
_BEARER = re.compile(r"\b(Bearer|Basic)\s+\S+", re.IGNORECASE)
_OPAQUE = re.compile(r"[A-Za-z0-9_\-:.=%~+]{20,}")
_FINE = re.compile(rf"(?<![\w.])(-?\d+\.\d{{{DECIMALS}}})\d+")

# What is long and mixed but tells nothing: a task's or message's UUID, a head of the audit chain.
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_HEAD = r"(?:head=)?\d+:[0-9a-f]{64}"
_HARMLESS = re.compile(rf"(?:[\w.]*[:=])?(?:{_UUID}|{_HEAD})")
LONG = 32

Replacement = str | Callable[[re.Match[str]], str]


def redact(text: str) -> str:
    """The text without email addresses, postcodes, secrets, links' paths and exact places."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


def _host_alone(match: re.Match[str]) -> str:
    """A URL's path and query may be a push endpoint, a signed link or a search."""
    try:
        parts = urlsplit(match[0])
    except ValueError:
        return "[link]"
    return f"{parts.scheme}://{parts.hostname or ''}/…"


def _unless_plain(match: re.Match[str]) -> str:
    """A long word is a secret if it is a mix that no name or moment is."""
    word = match[0]
    if _HARMLESS.fullmatch(word) or not any(map(str.isdigit, word)):
        return word
    mixed = any(map(str.isupper, word)) and any(map(str.islower, word))
    return "[secret]" if mixed or _longest_run(word) >= LONG else word


def _longest_run(word: str) -> int:
    return max(map(len, re.split(r"[.:=%+_]", word)))


_RULES: list[tuple[re.Pattern[str], Replacement]] = [
    (_URL, _host_alone),
    (_EMAIL, "[email]"),
    (_BEARER, r"\1 [secret]"),
    (_PARAMETER, r"\1\2[hidden]"),
    (_OPAQUE, _unless_plain),
    (_POSTCODE, "[postcode]"),
    (_FINE, r"\1"),
]
