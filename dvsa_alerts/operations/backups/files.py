"""The file that a backup is: a tar of the dump, its manifest and SHA256SUMS, in this order.

Any tar, sha256sum and pg_restore can read it without this program. Reading it here is strict:
each byte is either covered by a checksum or compared with what would have been written, so a
file of which one byte differs, or is missing, is refused.
"""

import hashlib
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

FORMAT = 1
DUMP, MANIFEST, SUMS = "database.dump", "manifest.json", "SHA256SUMS"
BLOCK, READ_BYTES = 512, 1024 * 1024
END = bytes(2 * BLOCK)

Progress = Callable[[int], object]


class BadBackup(ValueError):
    """A backup that is not made, or not restored; its text is one sentence that says why."""


@dataclass(frozen=True)
class Backup:
    """A file that was read: where its dump lies in it, and what its manifest says."""

    path: Path
    start: int
    size: int
    manifest: dict[str, Any]


class BackupWriter:
    """Writes a backup's file from its first byte to its last; the dump's size comes at its end."""

    def __init__(self, file: IO[bytes], dump_name: str) -> None:
        self._file, self._name = file, dump_name
        self._sum = hashlib.sha256()
        self._size = 0
        file.write(bytes(BLOCK))

    def write_dump(self, data: bytes) -> None:
        """The next bytes of the dump."""
        self._file.write(data)
        self._sum.update(data)
        self._size += len(data)

    def finish(self, manifest: dict[str, Any]) -> dict[str, Any]:
        """Write what follows the dump, and answer the manifest with what is known of the dump."""
        digest = self._sum.hexdigest()
        dump = {"name": self._name, "bytes": self._size, "sha256": digest}
        whole = {"format": FORMAT, **manifest, "dump": dump}
        text = json.dumps(whole, indent=1, sort_keys=True).encode() + b"\n"
        self._file.write(_padding(self._size))
        self._add(MANIFEST, text)
        self._add(SUMS, _sums(self._name, digest, text))
        self._file.write(END)
        self._file.seek(0)
        self._file.write(_header(self._name, self._size))
        return whole

    def _add(self, name: str, data: bytes) -> None:
        self._file.write(_header(name, len(data)) + data + _padding(len(data)))


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that has its name only once it is whole and on the disk; otherwise it is removed.

    Raises BadBackup when it can't be written (a full disk, say).
    """
    part = path.with_name(f".{path.name}.part")
    try:
        with open(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "r+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
        _keep_name(path.parent)
    except OSError as error:
        raise BadBackup(f"Nothing was backed up: {part.parent}: {error.strerror}.") from error
    finally:
        part.unlink(missing_ok=True)


def read_backup(path: Path) -> Backup:
    """Read all of a backup but the dump's own bytes. Raises BadBackup."""
    try:
        with path.open("rb") as file:
            return _read(path, file)
    except OSError as error:
        raise BadBackup(f"The backup can't be read: {error.strerror}.") from error


def check_dump(backup: Backup, *, progress: Progress) -> None:
    """Read the dump's bytes once, to their checksum. Raises BadBackup."""
    found = hashlib.sha256()
    for data in dump_bytes(backup):
        found.update(data)
        progress(len(data))
    if found.hexdigest() != backup.manifest["dump"]["sha256"]:
        raise BadBackup(f"The backup was changed: {_dump_name(backup)} is not what was written.")


def dump_bytes(backup: Backup) -> Iterator[bytes]:
    """The dump as it lies in the file, piece by piece."""
    with backup.path.open("rb") as file:
        file.seek(backup.start)
        left = backup.size
        while left:
            data = file.read(min(READ_BYTES, left))
            if not data:
                raise BadBackup("The backup became shorter while it was read.")
            left -= len(data)
            yield data


def _dump_name(backup: Backup) -> str:
    return str(backup.manifest["dump"]["name"])


def _read(path: Path, file: IO[bytes]) -> Backup:
    name, size = _next_member(file)
    if not name.startswith(DUMP):
        raise BadBackup("This is not a backup of this program.")
    file.seek(size, os.SEEK_CUR)
    _expect(file, _padding(size))
    text = _member(file, MANIFEST)
    sums = _member(file, SUMS)
    _expect(file, END)
    if file.read(1):
        raise BadBackup("The backup was changed: something follows its end.")
    manifest = _manifest(text)
    if sums != _sums(name, manifest["dump"]["sha256"], text):
        raise BadBackup("The backup was changed: its manifest is not what was written.")
    if (manifest["dump"]["name"], manifest["dump"]["bytes"]) != (name, size):
        raise BadBackup("The backup was changed: its manifest is of another dump.")
    return Backup(path, BLOCK, size, manifest)


def _manifest(text: bytes) -> dict[str, Any]:
    """The manifest, of our format. A later one is said to be that, whatever else is in it."""
    try:
        manifest = json.loads(text)
        version = manifest["format"]
        manifest["dump"]["sha256"]
    except (ValueError, KeyError, TypeError) as error:
        raise BadBackup("The backup was changed: its manifest can't be read.") from error
    if version != FORMAT:
        raise BadBackup(f"The backup has format {version}, and this program reads {FORMAT}.")
    return dict(manifest)


def _member(file: IO[bytes], name: str) -> bytes:
    found, size = _next_member(file)
    if found != name:
        raise BadBackup(f"The backup was changed: {name} is not where it belongs.")
    data = _exactly(file, size)
    _expect(file, _padding(size))
    return data


def _next_member(file: IO[bytes]) -> tuple[str, int]:
    """The name and size that a header says, which has to be as we write it, byte for byte."""
    header = _exactly(file, BLOCK)
    try:
        found = tarfile.TarInfo.frombuf(header, "utf-8", "strict")
    except (tarfile.HeaderError, UnicodeError) as error:
        raise BadBackup("This is not a whole backup of this program.") from error
    if header != _header(found.name, found.size):
        raise BadBackup(f"The backup was changed: the heading of {found.name} is damaged.")
    return found.name, found.size


def _expect(file: IO[bytes], wanted: bytes) -> None:
    if _exactly(file, len(wanted)) != wanted:
        raise BadBackup("The backup was changed between its parts.")


def _exactly(file: IO[bytes], count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise BadBackup("The backup was cut short: its end is missing.")
    return data


def _header(name: str, size: int) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member.tobuf(tarfile.GNU_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % BLOCK)


def _sums(dump_name: str, dump_sum: str, manifest: bytes) -> bytes:
    """As `sha256sum -c` reads it."""
    own = hashlib.sha256(manifest).hexdigest()
    return f"{dump_sum}  {dump_name}\n{own}  {MANIFEST}\n".encode()


def _keep_name(folder: Path) -> None:
    """A rename is on the disk only once its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
