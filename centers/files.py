"""Files from outside: read in bounded pieces, or refused in one sentence."""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

BLOCK_BYTES = 256 * 1024
LONGEST_LINE_BYTES = 64 * 1024

_GZIP = b"\x1f\x8b"
_KNOWN_OTHERS = {
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zip archive",
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


def blocks(stream: IO[bytes]) -> Iterator[bytes]:
    """Pieces of some 256 KiB that end where a line ends.

    Raises BadFile at a NUL byte or a line of more than 64 KiB, having read no further.
    """
    rest = b""
    while block := stream.read(BLOCK_BYTES):
        if b"\0" in block:
            raise BadFile("The file holds a NUL byte, so it is not text.")
        block = rest + block
        end = block.rfind(b"\n") + 1
        rest = block[end:]
        if len(rest) > LONGEST_LINE_BYTES:
            raise BadFile("The file holds a line of more than 64 KiB, so it is not a table.")
        if end:
            yield block[:end]
    if rest:
        yield rest


def lines(stream: IO[bytes], encoding: str) -> Iterator[str]:
    """Lines with their ends, as the csv module wants them; raises BadFile as `blocks` does."""
    for block in blocks(stream):
        yield from io.StringIO(block.decode(encoding), newline="")


def _reason(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return text[:1].lower() + text[1:].rstrip(".")
