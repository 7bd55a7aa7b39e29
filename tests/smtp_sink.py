"""A real SMTP server that logs what it accepts, and fails in every way that a test asks for."""

import email
import socket
import socketserver
import threading
import time
from dataclasses import dataclass, field
from email.message import Message
from enum import Enum


class Mood(Enum):
    """How the server treats the conversations that begin now."""

    KIND = "accepts all"
    SILENT = "accepts the connection and never answers"
    DROPPING = "takes the whole message, logs it, and drops the line"
    FORGETFUL = "takes the whole message, forgets it, and drops the line"
    BUSY = "answers 451 to each recipient"
    STRICT = "answers 550 5.1.1 to each recipient"
    ABSENT = "answers 550 5.1.1 to each recipient, and goes ahead with the message of nobody"
    CLOSING = "answers 421 to the first command"
    REFUSING = "answers 554 to each message's content"
    SLOW = "sends its answers one byte at a time"
    GREETING = "goes on greeting for ten seconds"


@dataclass(frozen=True)
class Received:
    """One message that was accepted, with the address it was for."""

    recipient: str
    content: bytes
    at: float = field(default_factory=time.monotonic)

    @property
    def message(self) -> Message:
        """The message, parsed."""
        return email.message_from_bytes(self.content)

    def part(self, kind: str) -> str:
        """The decoded text of its `text/plain` or `text/html` part."""
        for part in self.message.walk():
            if part.get_content_type() == kind:
                return bytes(part.get_payload(decode=True)).decode()
        raise AssertionError(f"no {kind} in the message")


class Sink(socketserver.ThreadingTCPServer):
    """Listens on a free port of the loopback address until it is closed.

    `says` holds other answers than those of its mood: to a command, to `.` for a message's end,
    or to `RCPT ada@example.org` for one recipient.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Conversation)
        self.mood = Mood.KIND
        self.moods_of: dict[str, Mood] = {}
        self.says: dict[str, str] = {}
        self.received: list[Received] = []
        self.connections = 0
        self.greetings_cut_off = 0
        self.pause = 0.0
        self.pipelining = True
        self._lines: set[socket.socket] = set()
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server_address[1]

    def close(self) -> None:
        """Stop listening and drop every line."""
        self.shutdown()
        self.server_close()
        self.drop_lines()

    def drop_lines(self) -> None:
        """Drop every line that is open, as a restarting server does."""
        for line in list(self._lines):
            try:
                line.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


class _Conversation(socketserver.StreamRequestHandler):
    server: Sink

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1
        self.server._lines.add(self.request)
        self.recipient = ""
        self.refused = False

    def finish(self) -> None:
        self.server._lines.discard(self.request)
        try:
            super().finish()
        except OSError:
            return

    def handle(self) -> None:
        try:
            self._converse()
        except OSError:
            return

    def _converse(self) -> None:
        if self.mood is Mood.SILENT:
            self.request.recv(1)
            return
        if self.mood is Mood.GREETING:
            self._greet_on()
        self._say("220 sink")
        while line := self.rfile.readline():
            verb, _, rest = line.decode().strip().partition(" ")
            if not self._answer(verb.upper(), rest):
                return

    def _greet_on(self) -> None:
        try:
            for _ in range(100):
                self._say("220-welcome")
                time.sleep(0.1)
        except OSError:
            self.server.greetings_cut_off += 1
            raise

    @property
    def mood(self) -> Mood:
        return self.server.moods_of.get(self.recipient, self.server.mood)

    def _answer(self, verb: str, rest: str) -> bool:
        if self.server.mood is Mood.SILENT:
            time.sleep(3600)
        if self.server.mood is Mood.CLOSING:
            self._say("421 closing")
            return False
        if verb == "QUIT":
            self._say("221 bye")
            return False
        if verb == "EHLO":
            self._say("250-sink\r\n250 PIPELINING" if self.server.pipelining else "250 sink")
        elif verb == "RCPT":
            self._recipient(rest)
        elif verb == "DATA" and verb not in self.server.says:
            return self._data()
        else:
            self._say(self.server.says.get(verb, "250 ok"))
        return True

    def _recipient(self, rest: str) -> None:
        self.recipient = rest.partition("<")[2].partition(">")[0]
        absent = "550 5.1.1 no such user"
        answers = {Mood.BUSY: "451 later", Mood.STRICT: absent, Mood.ABSENT: absent}
        says = self.server.says
        if "MAIL" in says:
            self.refused = True
            self._say("503 no sender")
            return
        answer = says.get(f"RCPT {self.recipient}") or says.get("RCPT") or answers.get(self.mood)
        self.refused = answer is not None
        self._say(answer or "250 ok")

    def _data(self) -> bool:
        if self.refused and self.mood is not Mood.ABSENT:
            self._say("503 no recipient")
            return True
        self._say("354 go ahead")
        content = self._content()
        if self.refused:
            self._say("554 no recipient")
            return True
        if answer := self.server.says.get("."):
            self._say(answer)
            return True
        if self.mood is Mood.REFUSING:
            self._say("554 not this")
            return True
        if self.mood is not Mood.FORGETFUL:
            self.server.received.append(Received(self.recipient, content))
        if self.mood in (Mood.DROPPING, Mood.FORGETFUL):
            return False
        time.sleep(self.server.pause)
        self._say("250 taken")
        return True

    def _content(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)

    def _say(self, text: str) -> None:
        if self.server.mood is not Mood.SLOW:
            self.wfile.write(f"{text}\r\n".encode())
            return
        for byte in f"{text}\r\n".encode():
            self.wfile.write(bytes([byte]))
            time.sleep(0.1)
