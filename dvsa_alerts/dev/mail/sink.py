"""An SMTP server for development: it delivers to nobody and keeps each message as a file.

Speaks as much of RFC 5321 as a mail client of ours uses, with PIPELINING and 8BITMIME.
"""

import asyncio
import os
import re
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

LARGEST = 10_000_000
LONGEST_LINE = 64 * 1024
SUFFIX = ".eml"


async def serve(folder: Path, *, port: int, ready: Callable[[int], None]) -> None:
    """Listen on 127.0.0.1 until cancelled; port 0 takes a free one, which `ready` is told."""
    folder.mkdir(parents=True, exist_ok=True)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError, ValueError):
            await Conversation(reader, writer, folder).hold()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", port, limit=LONGEST_LINE)
    ready(server.sockets[0].getsockname()[1])
    async with server:
        await server.serve_forever()


def keep(folder: Path, *, sender: str, recipients: list[str], content: bytes) -> Path:
    """Write a message whole or not at all; names sort by the time of arrival."""
    path = folder / f"{time.time_ns()}-{secrets.token_hex(4)}{SUFFIX}"
    unfinished = path.with_suffix(".part")
    envelope = f"X-Envelope-From: {sender}\r\nX-Envelope-To: {', '.join(recipients)}\r\n"
    unfinished.write_bytes(envelope.encode() + content)
    os.replace(unfinished, path)
    return path


class Conversation:
    """One client's connection."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, folder: Path
    ) -> None:
        self.reader, self.writer, self.folder = reader, writer, folder
        self.sender: str | None = None
        self.recipients: list[str] = []
        self.commands = {
            "EHLO": self.ehlo, "HELO": self.helo, "MAIL": self.mail, "RCPT": self.rcpt,
            "RSET": self.rset, "NOOP": self.noop,
        }  # fmt: skip

    async def hold(self) -> None:
        """Answer command after command until QUIT or the end of the connection."""
        await self.say("220 development mail")
        while line := await self.reader.readline():
            verb, _, rest = line.decode("utf-8", "replace").strip().partition(" ")
            if verb.upper() == "QUIT":
                return await self.say("221 bye")
            if verb.upper() == "DATA":
                await self.data()
            else:
                await self.say(self.reply(verb.upper(), rest))
        return None

    def reply(self, verb: str, rest: str) -> str:
        """The answer to any command that needs no more input."""
        command = self.commands.get(verb)
        return command(rest) if command else "502 not known here"

    async def say(self, text: str) -> None:
        self.writer.write(text.encode() + b"\r\n")
        await self.writer.drain()

    def ehlo(self, rest: str) -> str:
        self._forget()
        return f"250-development mail\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE {LARGEST}"

    def helo(self, rest: str) -> str:
        self._forget()
        return "250 development mail"

    def mail(self, rest: str) -> str:
        self._forget()
        self.sender = _address(rest)
        return "501 MAIL FROM:<address>" if self.sender is None else "250 ok"

    def rcpt(self, rest: str) -> str:
        recipient = _address(rest)
        if self.sender is None:
            return "503 MAIL first"
        if not recipient:
            return "501 RCPT TO:<address>"
        self.recipients.append(recipient)
        return "250 ok"

    def rset(self, rest: str) -> str:
        self._forget()
        return "250 ok"

    def noop(self, rest: str) -> str:
        return "250 ok"

    async def data(self) -> None:
        """Take one message, dots unstuffed (RFC 5321, 4.5.2), and keep it."""
        if not self.recipients or self.sender is None:
            return await self.say("503 RCPT first")
        await self.say("354 go on, end with a dot on a line of its own")
        content = await self._content()
        if content is None:
            answer = "552 too large"
        else:
            keep(self.folder, sender=self.sender, recipients=self.recipients, content=content)
            answer = "250 kept"
        self._forget()
        return await self.say(answer)

    async def _content(self) -> bytes | None:
        lines, size = [], 0
        while (line := await self.reader.readuntil(b"\n")) not in (b".\r\n", b".\n"):
            size += len(line)
            if size <= LARGEST:
                lines.append(line.removeprefix(b"."))
        return b"".join(lines) if size <= LARGEST else None

    def _forget(self) -> None:
        self.sender, self.recipients = None, []


def _address(text: str) -> str | None:
    """What stands between the angle brackets; an empty sender (a bounce) is allowed."""
    found = re.search(r"<([^<>\s]*)>", text)
    return found[1] if found else None
