"""Lists of postcodes as pieces of whole lines: CSV, gzipped CSV, Code-Point Open's zip."""

import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from centers.files import BadFile, blocks, opened
from centers.loading.layouts import Layout, code_point_open, recognise

# Told how many of the file's bytes on disk have been read.
Progress = Callable[[int], None]

# RuntimeError is an encrypted member, NotImplementedError an unknown compression.
_UNPACKING = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError)
_CODE_POINT_MEMBERS = "*Data/CSV/*.csv"


@dataclass(frozen=True)
class Piece:
    """Some whole lines; `member` names the file within an archive, "" otherwise."""

    lines: bytes
    first_line: int
    member: str = ""


def read_file(path: Path, progress: Progress) -> tuple[Layout, Iterator[Piece]]:
    """The layout of a file and its rows in pieces, header left out; raises BadFile, late too."""
    if zipfile.is_zipfile(path) and os.path.isfile(path):
        return code_point_open(), _zipped(path, progress)
    with opened(path) as (_, stream):
        _, start = next(blocks(stream), (1, b""))
    header = start.partition(b"\n")[0].decode("utf-8-sig", "replace")
    return recognise(header), _plain(path, progress)


def _plain(path: Path, progress: Progress) -> Iterator[Piece]:
    with opened(path) as (raw, stream):
        for line, block in blocks(stream):
            yield Piece(block, line) if line > 1 else Piece(block.partition(b"\n")[2], 2)
            progress(raw.tell())


def _zipped(path: Path, progress: Progress) -> Iterator[Piece]:
    try:
        with zipfile.ZipFile(path) as archive:
            done = 0
            for member in _members(archive):
                with archive.open(member) as stream:
                    for line, block in blocks(stream):
                        yield Piece(block, line, member.filename)
                done += member.compress_size
                progress(done)
    except (*_UNPACKING, OSError, EOFError) as error:
        raise BadFile(f"The file can't be unpacked: {error}.") from error


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    found = [m for m in archive.infolist() if fnmatch(m.filename, _CODE_POINT_MEMBERS)]
    if not found:
        raise BadFile("The zip holds no Data/CSV/*.csv, so it is not Code-Point Open.")
    return found
