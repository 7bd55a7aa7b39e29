"""Reading what is posted: in pieces, to a file that leaves memory when it is large."""

import gzip
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import IO, Any, Protocol

from django.utils.http import parse_header_parameters
from rest_framework.request import Request

from slots.api.problems import Problem
from slots.content_encoding import read_codings

# As it is sent and as it is unpacked, alike.
MAX_BYTES = 32 * 1024 * 1024
PIECE = 64 * 1024
KEPT_IN_MEMORY = 1024 * 1024

_UNREADABLE = (gzip.BadGzipFile, EOFError, zlib.error)


class Readable(Protocol):
    """Anything that is read in pieces."""

    def read(self, size: int = -1, /) -> bytes:
        """At most so many bytes; none at the end."""


@contextmanager
def json_body(request: Request) -> Iterator[IO[bytes]]:
    """The posted JSON, unpacked, as a file at its start.

    Raises the Problem with 415 for another type or encoding, 413 beyond MAX_BYTES, and 400
    for gzip that can't be unpacked or a connection that breaks off.
    """
    _need_json(request)
    codings = read_codings(request.headers.get("Content-Encoding", ""))
    if codings not in ([], ["gzip"]):
        accepted = {"Accept-Encoding": "gzip"}
        raise _unsupported(f"{', '.join(codings)} is no encoding that is read here.", accepted)
    if _announced_length(request) > MAX_BYTES:
        raise _too_large()
    with tempfile.SpooledTemporaryFile(KEPT_IN_MEMORY) as sent:
        _copy(_stream(request), sent)
        if codings:
            with _unpacked(sent) as unpacked:
                yield unpacked
        else:
            yield sent


def _need_json(request: Request) -> None:
    kind, parameters = parse_header_parameters(request.META.get("CONTENT_TYPE") or "")
    charset = parameters.get("charset", "utf-8").lower()
    if kind != "application/json" or charset not in ("utf-8", "utf8", "us-ascii"):
        raise _unsupported("A batch is application/json in UTF-8.", {"Accept": "application/json"})


def _announced_length(request: Request) -> int:
    text = request.META.get("CONTENT_LENGTH") or ""
    return int(text) if text.isdecimal() else 0


def _stream(request: Request) -> Readable:
    """The body, also of a request in chunks, whose length Django takes for 0."""
    in_chunks = request.META.get("wsgi.input_terminated") and not _announced_length(request)
    return request.META["wsgi.input"] if in_chunks else request


def _copy(source: Readable, target: Any) -> None:
    """Copy in pieces, and go back to the start; Problem beyond MAX_BYTES."""
    total = 0
    try:
        while piece := source.read(PIECE):
            total += len(piece)
            if total > MAX_BYTES:
                raise _too_large()
            target.write(piece)
    except _UNREADABLE as error:
        raise Problem(HTTPStatus.BAD_REQUEST, f"The gzip can't be unpacked: {error}") from error
    except OSError as error:
        raise Problem(HTTPStatus.BAD_REQUEST, "The body broke off.") from error
    target.seek(0)


@contextmanager
def _unpacked(packed: IO[bytes]) -> Iterator[IO[bytes]]:
    with tempfile.SpooledTemporaryFile(KEPT_IN_MEMORY) as plain:
        with gzip.GzipFile(fileobj=packed, mode="rb") as source:
            _copy(source, plain)
        yield plain


def _unsupported(detail: str, headers: dict[str, str]) -> Problem:
    return Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail, headers=headers)


def _too_large() -> Problem:
    limit = MAX_BYTES // 1024 // 1024
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A batch may have at most {limit} MB.")
