"""Fetching a feed by the guarded connection: a whole answer of a size that was agreed, or none."""

import http.client
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import IO, Any
from urllib.parse import urlsplit

from accounts.outbound.deadlines import ended_in_time
from accounts.outbound.https import GuardedConnection, target_of
from slots.content_encoding import read_codings

TOTAL_SECONDS = 30.0
PIECE = 64 * 1024
KEPT_IN_MEMORY = 1024 * 1024


class FetchError(Exception):
    """Nothing came that can be used; the sentence says why."""


@dataclass(frozen=True)
class Fetched:
    """An answer: 200 with its body as a file at its start, or 304 with an empty one.

    The names of `headers` are in lower case.
    """

    status: int
    headers: Mapping[str, str]
    body: IO[bytes]


@contextmanager
def fetch(
    url: str,
    *,
    headers: Mapping[str, str],
    max_bytes: int,
    seconds: float = TOTAL_SECONDS,
) -> Iterator[Fetched]:
    """GET an https address; the name's look-up aside, all takes at most `seconds`.

    Raises FetchError for anything but a whole 200 or 304 of at most `max_bytes`.
    """
    with tempfile.SpooledTemporaryFile(KEPT_IN_MEMORY) as body:
        try:
            status, found = _get(url, headers, body, max_bytes, seconds)
        except TimeoutError as error:
            raise FetchError(f"no whole answer came within {seconds:g} seconds") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise FetchError(f"{type(error).__name__}: {error}"[:500]) from error
        body.seek(0)
        yield Fetched(status, found, body)


def _get(
    url: str, headers: Mapping[str, str], body: Any, max_bytes: int, seconds: float
) -> tuple[int, Mapping[str, str]]:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise FetchError("only https addresses are fetched")
    with closing(GuardedConnection(parts, seconds=seconds)) as connection:
        connection.connect()
        with ended_in_time(connection.seconds_left, connection.sock):
            asked = {**headers, "Accept-Encoding": "identity"}
            connection.request("GET", target_of(parts), headers=asked)
            response = connection.getresponse()
            _need_usable(response, max_bytes)
            _copy(response, body, max_bytes)
        found = {name.lower(): value for name, value in response.headers.items()}
        return response.status, found


def _need_usable(response: http.client.HTTPResponse, max_bytes: int) -> None:
    """FetchError for a redirect, an error, an encoding we didn't ask for, or too much."""
    if response.status not in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED):
        raise FetchError(f"the answer was {response.status} {response.reason}"[:200])
    codings = read_codings(", ".join(response.headers.get_all("Content-Encoding", [])))
    if codings and response.status == HTTPStatus.OK:
        raise FetchError(f"the answer is encoded as {', '.join(codings)}, which was not asked for")
    if (response.length or 0) > max_bytes:
        raise FetchError(f"the answer has more than {max_bytes} bytes")


def _copy(response: http.client.HTTPResponse, target: Any, max_bytes: int) -> None:
    total = 0
    while piece := response.read(PIECE):
        total += len(piece)
        if total > max_bytes:
            raise FetchError(f"the answer has more than {max_bytes} bytes")
        target.write(piece)
    if response.length:
        raise FetchError("the answer broke off")
