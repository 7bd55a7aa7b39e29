"""A mail server that only counts, as a process of its own: `python -m tests.benchmarks.mail_sink`.

It prints its port. `SEEN` answers how many messages it took since it was last asked, and the sum
of the digests of whom they were for and of their Message-IDs, which no order changes. `WHEN`
answers whom each since it was last asked for them was for, and at what second of the machine's
steady clock its last byte had come in.
"""

import asyncio
import time
from typing import cast

from tests.benchmarks.seen import Seen

END = b"\r\n.\r\n"
ANSWERS = {
    b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
    b"DATA": b"354 go ahead\r\n",
    b"QUIT": b"221 bye\r\n",
}


class Conversation(asyncio.Protocol):
    """One line to a sender."""

    def __init__(self, seen: Seen, times: list[str]) -> None:
        self._seen, self._times = seen, times
        self._buffer = b""
        self._in_data = False
        self._recipient = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)
        self._transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        answers = []
        while answer := self._next():
            answers.append(answer)
        if answers:
            self._transport.write(b"".join(answers))

    def _next(self) -> bytes | None:
        head, found, rest = self._buffer.partition(END if self._in_data else b"\r\n")
        if not found:
            return None
        self._buffer = rest
        if self._in_data:
            self._in_data = False
            self._seen.add(self._recipient, message_id(head))
            self._times.append(f"{time.monotonic():.4f} {address(self._recipient)}")
            return b"250 taken\r\n"
        verb = head[:4].upper()
        if verb == b"RCPT":
            self._recipient = head.upper()
        self._in_data = verb == b"DATA"
        if verb == b"SEEN":
            return b"250 " + self._seen.answer() + b"\r\n"
        if verb == b"WHEN":
            return self._when()
        return ANSWERS.get(verb, b"250 ok\r\n")

    def _when(self) -> bytes:
        lines = [f"250-{each}\r\n" for each in self._times]
        self._times.clear()
        return "".join([*lines, "250 that is all\r\n"]).encode()


def message_id(message: bytes) -> bytes:
    """Its Message-ID, which is the same at every try."""
    return message.partition(b"Message-ID:")[2].partition(b"\r\n")[0]


def address(recipient: bytes) -> str:
    """The address of `RCPT TO:<address>`, in small letters."""
    return recipient.partition(b"<")[2].partition(b">")[0].decode().lower()


async def serve() -> None:
    """Listen on a free port of the loopback address until killed."""
    seen, times = Seen(), list[str]()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Conversation(seen, times), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())
