"""Where a checkout keeps what outlives a run, and the locks between those who use it."""

import contextlib
import fcntl
import hashlib
import os
import pwd
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .shell import ROOT, RefusedError

# Not tempfile.gettempdir(): a server's user must reach it, whatever TMPDIR says, and a
# socket's path may have 107 characters at most.
SOCKETS = Path("/tmp")
# /tmp may lie in memory (Debian 13), where the benchmarks' tables don't fit.
LARGE = Path("/var/tmp")
# In the state folder, once a database has been filled: manage fills only one that never was.
FILLED = "filled"


def checkout_hash() -> str:
    """Eight characters that tell this checkout and user from any other."""
    return hashlib.sha256(f"{ROOT}:{os.geteuid()}".encode()).hexdigest()[:8]


def state_folder() -> Path:
    """What outlives a run. PostgreSQL, which refuses root, can't enter root's home."""
    if os.geteuid() == 0:
        return Path(f"/var/lib/dvsa-alerts-{checkout_hash()}")
    return ROOT / ".dev"


def make_state_folder() -> Path:
    folder = state_folder()
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    return folder


def server_user() -> pwd.struct_passwd:
    """Who runs PostgreSQL and Redis: the caller, but never root."""
    return pwd.getpwnam("postgres") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


def as_server_user() -> dict[str, Any]:
    """Arguments of subprocess.run; "/" because the present folder may be root's alone."""
    if os.geteuid() != 0:
        return {}
    user = server_user()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "cwd": "/"}


def private_folder(path: Path) -> Path:
    """Make `path` a folder that the servers' user alone may enter; refuse another's."""
    user = server_user()
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
        os.chown(path, user.pw_uid, user.pw_gid)
    owner = path.lstat().st_uid
    if path.is_symlink() or not path.is_dir() or owner != user.pw_uid:
        raise RefusedError(f"{path} is not {user.pw_name}'s own folder: remove it, then try again.")
    path.chmod(0o700)
    return path


def hold(path: Path) -> int:
    """Wait for the lock on `path`; it is held until the answer is closed or we end."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def held(path: Path) -> bool:
    """Whether a living process holds the lock on `path`."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@contextlib.contextmanager
def set_up_lock() -> Iterator[None]:
    """One ./dev of this checkout at a time. Not to be taken twice."""
    lock = hold(make_state_folder() / "set-up.lock")
    try:
        yield
    finally:
        os.close(lock)


def uses_folder() -> Path:
    folder = make_state_folder() / "uses"
    folder.mkdir(exist_ok=True)
    return folder


def others_using() -> list[int]:
    """The numbers of the other processes that use the servers."""
    files = [path for path in uses_folder().iterdir() if path.name != str(os.getpid())]
    using = [path for path in files if held(path)]
    for path in set(files) - set(using):
        path.unlink()
    return [int(path.name) for path in using]
