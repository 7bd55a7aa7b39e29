"""Reading what the development mail sink has kept."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from dvsa_alerts.dev.mail.sink import SUFFIX


@dataclass(frozen=True)
class KeptMail:
    """One kept message; its name is its file's, without the suffix."""

    name: str
    message: EmailMessage

    @property
    def received_at(self) -> datetime:
        """When the sink took it (UTC)."""
        return datetime.fromtimestamp(int(self.name.split("-")[0]) / 1e9, UTC)

    @property
    def recipient(self) -> str:
        """Whom the envelope named."""
        return str(self.message["X-Envelope-To"])

    @property
    def subject(self) -> str:
        """The subject line."""
        return str(self.message["Subject"] or "(no subject)")

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Every header in its order."""
        return [(name, str(value)) for name, value in self.message.items()]

    @property
    def text(self) -> str:
        """The plain text part; empty without one."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The HTML part; empty without one."""
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return part.get_content() if part else ""


def newest(folder: Path, count: int = 50) -> list[KeptMail]:
    """The latest messages, newest first."""
    paths = sorted(folder.glob(f"*{SUFFIX}"), reverse=True)
    return [read(folder, path.stem) for path in paths[:count]]


def read(folder: Path, name: str) -> KeptMail:
    """One message by its name; raises FileNotFoundError."""
    content = (folder / f"{name}{SUFFIX}").read_bytes().replace(b"\r\n", b"\n")
    return KeptMail(name, message_from_bytes(content, policy=default))
