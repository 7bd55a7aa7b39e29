"""Encrypting a dump to a public key, by the installed program: age, or GnuPG.

Nothing secret is on the machine that makes backups; the private key is needed to restore only.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from dvsa_alerts.operations.backups.files import BadBackup

AGE, GPG = "age", "gpg"
# age's own keys, and SSH keys that it takes as well; anything else names a GnuPG key.
AGE_RECIPIENTS = ("age1", "ssh-ed25519 ", "ssh-rsa ")


@dataclass(frozen=True)
class Recipient:
    """Whose private key opens a backup."""

    key: str

    @property
    def program(self) -> str:
        """`age` or `gpg`, by the look of the key; also the ending of the dump's name."""
        return AGE if self.key.startswith(AGE_RECIPIENTS) else GPG

    def command(self) -> list[str]:
        """From standard input to standard output. Raises BadBackup where it is not installed."""
        if self.program == AGE:
            return [_installed(AGE), "--encrypt", "--recipient", self.key]
        options = ["--batch", "--quiet", "--no-tty", "--trust-model", "always", "--compress-algo"]
        return [_installed(GPG), *options, "none", "--encrypt", "--recipient", self.key]


def decrypting(program: str, identity: Path | None) -> list[str]:
    """The command that opens a dump; age needs the file of the private key. Raises BadBackup."""
    if program == GPG:
        return [_installed(GPG), "--batch", "--quiet", "--decrypt"]
    if identity is None or not os.path.isfile(identity):
        raise BadBackup("The backup is encrypted with age: say --identity and your key's file.")
    return [_installed(AGE), "--decrypt", "--identity", str(identity)]


def environment() -> dict[str, str]:
    """GnuPG finds its keys by these; the rest of ours is none of its business."""
    kept = ("HOME", "GNUPGHOME", "PATH", "LANG")
    return {name: os.environ[name] for name in kept if name in os.environ}


def last_words(said: bytes) -> str:
    """The last line that a program said, but for age's request to report what was unhelpful."""
    lines = said.decode(errors="replace").strip().splitlines()
    telling = [line for line in lines if not line.startswith("age: report unexpected")]
    return (telling or ["it has ended without a word"])[-1].rstrip(".")


def _installed(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        raise BadBackup(f"{program} is not installed.")
    return path
