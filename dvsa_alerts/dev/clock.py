"""Another moment for the servers and the tests."""

import argparse
import contextlib
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from .folders import make_state_folder
from .shell import ROOT, Environment

CLOCK_LIBRARY = "faketime/libfaketimeMT.so.1"


def clock_library() -> Path:
    """A copy of Debian's libfaketime that has nothing to do with waiting by epoll.

    The library shows the real clock for as long as its `epoll_wait` waits, to signal handlers too.
    PostgreSQL waits by it, and asks in a handler whether a statement's or a lock's time is up: on
    a clock put ahead it never would be. Without that name in the library's table of symbols (the
    first place where the name stands) the C library's own is used.
    """
    (debians,) = Path("/usr/lib").glob(f"*/{CLOCK_LIBRARY}")
    copy = make_state_folder() / debians.name
    begun = copy.with_suffix(".new")
    begun.write_bytes(debians.read_bytes().replace(b"\0epoll_wait\0", b"\0epoll_wai_\0", 1))
    return begun.replace(copy)


def moment(text: str) -> datetime:
    """A date and time, which is in UTC unless it says another zone."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no moment like 2027-03-28T00:58") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def clock_ahead(seconds: int) -> Environment:
    """Puts the clock of whatever is started with it ahead, or back; it goes on from there.

    How long things take is measured right, and files keep their real times: by one of them
    gunicorn sees that a worker lives.
    """
    return {
        "LD_PRELOAD": str(clock_library()),
        "FAKETIME": f"{seconds:+d}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
        "PYTHONPATH": str(ROOT / "tests" / "clock"),
    }


def by_the_real_clock(env: Mapping[str, str]) -> Environment:
    """For what does not start under the library.

    Redis asks for the time while its malloc starts, which the library needs to find the time.
    """
    return {name: value for name, value in env.items() if name != "LD_PRELOAD"}


@contextlib.contextmanager
def clock_at(start: datetime | None) -> Iterator[None]:
    """What is started within begins at `start`, where there is one."""
    if not start:
        yield
        return
    before = dict(os.environ)
    os.environ |= clock_ahead(round((start - datetime.now(UTC)).total_seconds()))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ |= before
        sweep_shared_memory()


def sweep_shared_memory() -> None:
    """The library leaves two small files for a process that was killed or became another."""
    for file in Path("/dev/shm").glob("*faketime_s[eh]m_*"):
        if not Path("/proc", file.name.rpartition("_")[2]).exists():
            with contextlib.suppress(OSError):
                file.unlink()
