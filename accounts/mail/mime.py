"""A mail in its final form: text and HTML as alternatives, 7 bits throughout, no long lines.

What is ASCII in lines of a length that all servers pass on goes as it is; the rest is quoted.

Django's own message classes make the same, and take 0.6 ms for it: ten times as long, and more
than all else that a message costs (docs/decisions/0003). RFC 5322 for the headers, 2045 and
2046 for the parts, 2047 for words that are not ASCII.
"""

import binascii
import re
from collections.abc import Mapping
from email.header import Header
from functools import lru_cache

from django.core.mail import BadHeaderError
from django.core.mail.message import sanitize_address

LINE, LONGEST_LINE = 78, 998
# "=_" is in no quoted-printable text (RFC 2045, 6.7), so no part that is quoted can hold it.
BOUNDARY = "=_alternative"
# What needs no quoting and no encoding in any header.
PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/?^_`{|}~-]+@[A-Za-z0-9.-]+")
LINE_BREAK = re.compile(r"\r\n|\r")
PART = (
    '--{boundary}\r\nContent-Type: {kind}; charset="utf-8"\r\n'
    "Content-Transfer-Encoding: {encoding}\r\n\r\n"
)


def alternatives(headers: Mapping[str, str], *, text: str, html: str) -> bytes:
    """The whole message; BadHeaderError when a header holds a line break or can't be folded."""
    head = [header(name, value) for name, value in headers.items()]
    head += [
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{BOUNDARY}"',
    ]
    parts = [_part("text/plain", text), _part("text/html", html)]
    return b"".join(
        ["\r\n".join(head).encode("ascii"), b"\r\n\r\n", *parts, f"--{BOUNDARY}--\r\n".encode()]
    )


def header(name: str, value: str) -> str:
    """One header, folded, without the line's end."""
    if "\r" in value or "\n" in value:
        raise BadHeaderError(f"{name} can't hold a line break")
    line = f"{name}: {value}"
    if not value.isascii() or "=?" in value:
        encoded = Header(value, "utf-8", header_name=name).encode(linesep="\r\n")
        return f"{name}: {encoded}"
    return line if len(line) <= LINE else _folded(f"{name}: ", value)


def _folded(start: str, value: str) -> str:
    """Broken at spaces alone, so that a link stays whole; textwrap takes ten times as long."""
    lines, rest, first_break = [], start + value.strip(), len(start) + 1
    while (end := _line_end(rest, first_break)) >= 0:
        lines.append(rest[:end].rstrip())
        rest, first_break = f" {rest[end:].lstrip()}", 2
    lines.append(rest)
    if max(map(len, lines)) > LONGEST_LINE:
        raise BadHeaderError(f"{start}{value[:40]}… can't be folded")
    return "\r\n".join(lines)


def _line_end(text: str, first_break: int) -> int:
    """The last space within a line, else the first after it; -1 where no break is needed or is."""
    if len(text) <= LINE:
        return -1
    last = text.rfind(" ", first_break, LINE + 1)
    return last if last >= 0 else text.find(" ", LINE + 1)


def address(text: str) -> str:
    """An address, with or without a name, as headers and envelopes hold it.

    ValueError when it can't be one. An international domain is put into ASCII.
    """
    return text if PLAIN_ADDRESS.fullmatch(text) else _sanitized(text)


@lru_cache(maxsize=64)
def _sanitized(text: str) -> str:
    return str(sanitize_address(text, "utf-8"))


def _part(kind: str, text: str) -> bytes:
    lines = LINE_BREAK.sub("\n", text) if "\r" in text else text
    plain = _goes_as_it_is(lines)
    body = lines.encode() if plain else binascii.b2a_qp(lines.encode(), istext=True)
    encoding = "7bit" if plain else "quoted-printable"
    head = PART.format(boundary=BOUNDARY, kind=kind, encoding=encoding).encode()
    return head + body.replace(b"\n", b"\r\n") + b"\r\n"


def _goes_as_it_is(lines: str) -> bool:
    return (
        lines.isascii()
        and BOUNDARY not in lines
        and max(map(len, lines.split("\n"))) <= LONGEST_LINE
    )
