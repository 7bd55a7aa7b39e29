"""Text that PostgreSQL can hold, and numbers in it."""

import re

LARGEST_ID = 2**63 - 1

# UTF-8 has no halves of surrogate pairs, and PostgreSQL no NUL.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def is_storable(text: str) -> bool:
    """Whether a column can hold it, however long it may be."""
    return _UNSTORABLE.search(text) is None


def read_id(text: str) -> int | None:
    """The id of a row that a request names; None for what we can't have given out."""
    number = int(text[:20]) if text.isascii() and text.isdecimal() else LARGEST_ID + 1
    return number if number <= LARGEST_ID else None


def printable(text: str, *, most: int = 60) -> str:
    """As a message may show it: its beginning, with a sign for whatever can't be printed."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text[:most])


def counted(number: int, word: str) -> str:
    """As `1 row`, `2 rows`."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
