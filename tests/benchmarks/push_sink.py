"""A push service that only counts, in a process of its own: `python -m tests.benchmarks.push_sink`.

It is given the folder that holds its certificate and key, and prints its port. It takes every POST;
a GET answers how many it took since it was last asked, and the sum of the digests of whom they
were for and of their topics.
"""

import asyncio
import ssl
import sys
from pathlib import Path
from typing import cast

from tests.benchmarks.seen import Seen

CREATED = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"


class Conversation(asyncio.Protocol):
    """One line to a sender."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while answer := self._next():
            self._transport.write(answer)

    def _next(self) -> bytes | None:
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        length = int(header(head, b"content-length") or 0)
        if not found or len(rest) < length:
            return None
        self._buffer = rest[length:]
        verb, path, _ = head.split(b" ", 2)
        if verb == b"POST":
            self._seen.add(path, header(head, b"topic"))
            return CREATED
        said = self._seen.answer()
        return f"HTTP/1.1 200 OK\r\nContent-Length: {len(said)}\r\n\r\n".encode() + said


def header(head: bytes, name: bytes) -> bytes:
    """What a header says, b"" where it is absent."""
    return head.lower().partition(b"\r\n" + name + b": ")[2].partition(b"\r\n")[0]


async def serve(folder: Path) -> None:
    """Listen on a free port of the loopback address until killed."""
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    seen = Seen()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Conversation(seen), "127.0.0.1", 0, ssl=tls)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
