"""Files from outside: read in bounded pieces, or refused in one sentence."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import IO, cast

BLOCK_BYTES = 256 * 1024
LONGEST_LINE_BYTES = 64 * 1024

_GZIP = b"\x1f\x8b"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_KNOWN_OTHERS = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zip archive or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an Excel file",
    b"\x89PNG": "a picture",
}


class BadFile(ValueError):
    """A file that is refused as a whole; its text is one sentence that says why."""


@contextmanager
def opened(path: Path) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """The file as it lies on the disk (its `tell` shows progress) and its unpacked bytes.

    Raises BadFile when it can't be read or unpacked, is empty, or is plainly something else.
    """
    try:
        with path.open("rb") as raw:
            yield raw, unpacked(raw)
    except (OSError, EOFError, zlib.error) as error:
        raise BadFile(f"The file can't be read: {_reason(error)}.") from error


def unpacked(raw: IO[bytes]) -> IO[bytes]:
    """The bytes from the start of a seekable file, gunzipped where they are gzipped.

    Raises BadFile when it is empty or plainly something else.
    """
    raw.seek(0)
    start = raw.read(4)
    raw.seek(0)
    if not start:
        raise BadFile("The file is empty.")
    if start in _KNOWN_OTHERS:
        raise BadFile(f"The file is {_KNOWN_OTHERS[start]}, not a CSV file.")
    return cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if start.startswith(_GZIP) else raw


class _Bounded(io.RawIOBase):
    """A stream of which only so much is read."""

    def __init__(self, stream: IO[bytes], most: int) -> None:
        self._stream, self._most, self._left = stream, most, most

    def read(self, size: int = -1, /) -> bytes:
        piece = self._stream.read(size)
        self._left -= len(piece)
        if self._left < 0:
            raise BadFile(f"The file holds more than {self._most // 2**20} MB.")
        return piece


def bounded(stream: IO[bytes], most: int) -> IO[bytes]:
    """The same bytes; reading more than `most` of them raises BadFile."""
    return cast("IO[bytes]", _Bounded(stream, most))


def blocks(stream: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Pieces of some 256 KiB that end where a line ends, each with the number of its first line.

    UTF-16 with its mark comes as UTF-8. Raises BadFile at a NUL byte or a line of more than
    64 KiB, having read no further.
    """
    rest, line = b"", 1
    for block in _read(stream):
        text = rest + block
        if b"\0" in block:
            number = line + text.count(b"\n", 0, text.index(b"\0"))
            raise BadFile(f"Line {number} holds a NUL byte, so the file is not text.")
        end = text.rfind(b"\n") + 1
        rest = text[end:]
        if end:
            yield line, text[:end]
            line += text.count(b"\n")
        if len(rest) > LONGEST_LINE_BYTES:
            raise BadFile(f"Line {line} is longer than 64 KiB, so the file is not a table.")
    if rest:
        yield line, rest


def _read(stream: IO[bytes]) -> Iterator[bytes]:
    pieces = iter(lambda: stream.read(BLOCK_BYTES), b"")
    first = next(pieces, b"")
    whole = chain([first], pieces)
    return _as_utf8(whole) if first.startswith(_UTF_16) else whole


def _as_utf8(pieces: Iterable[bytes]) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder("utf-16")()
    try:
        for piece in pieces:
            yield decoder.decode(piece).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError as error:
        raise BadFile("The file begins as UTF-16, and goes on as something else.") from error


def _reason(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text[:1].lower() + text[1:].rstrip(".")
