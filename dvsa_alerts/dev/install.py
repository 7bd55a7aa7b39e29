"""Debian packages and the virtual environment."""

import hashlib
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path

from .folders import set_up_lock
from .shell import PYTHON, ROOT, VENV, RefusedError, call, quietly, step

STAMP = VENV / "installed"
# What runs the site, and that with what tests and checks it; both with hashes: see lock().
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")
PACKAGES = ("postgresql-postgis", "redis-server")
TEST_PACKAGES = (
    *PACKAGES, "chromium", "nginx-light", "pgbouncer", "openssl", "pgbackrest", "age",
    "docker-compose", "debootstrap", "systemd-container", "faketime",
)  # fmt: skip
# Debian starts these as services, which nobody has asked for: the tests run their own.
UNASKED_SERVICES = ("nginx", "pgbouncer")
CREATECLUSTER = Path("/etc/postgresql-common/createcluster.conf")


def missing_packages(wanted: Iterable[str], installed: str) -> list[str]:
    """`installed` is what `installed_packages` answers."""
    present = {line.split()[1] for line in installed.splitlines() if line.startswith("installed ")}
    return [name for name in wanted if name not in present]


def installed_packages(wanted: Sequence[str]) -> str:
    query = ("dpkg-query", "-W", "-f", "${db:Status-Status} ${Package}\n", *wanted)
    return call(query).stdout


def with_venv_package(wanted: Sequence[str]) -> Sequence[str]:
    """Debian's Python leaves ensurepip to a package of its own."""
    return wanted if find_spec("ensurepip") else ("python3-venv", *wanted)


def install_packages(wanted: Sequence[str]) -> None:
    if not shutil.which("dpkg-query"):
        raise RefusedError(
            f"Install what Debian calls {', '.join(wanted)}; ./dev can on Debian only."
        )
    wanted = with_venv_package(wanted)
    missing = missing_packages(wanted, installed_packages(wanted))
    if missing:
        with step(f"Installing {', '.join(missing)}"):
            apt_get(missing)


KEEP_PORT_5432_FREE = f"""\
mkdir -p {CREATECLUSTER.parent} && touch {CREATECLUSTER}
grep -q '^create_main_cluster = false' {CREATECLUSTER} ||
    echo 'create_main_cluster = false' >> {CREATECLUSTER}"""


def apt_get(packages: Sequence[str]) -> None:
    """An update may fail in part, for a source that has none of these packages."""
    root = as_root()
    if not installed_packages(["postgresql-common"]).startswith("installed"):
        quietly((*root, "sh", "-c", KEEP_PORT_5432_FREE))
    apt = (*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y")
    lock = ("-o", "DPkg::Lock::Timeout=300")
    call((*apt, *lock, "update"))
    quietly((*apt, *lock, "install", "--no-install-recommends", *packages))
    stop_unasked_services(root, packages)


def stop_unasked_services(root: tuple[str, ...], packages: Sequence[str]) -> None:
    """Of those that were just installed; there is nothing to stop where systemd does not run."""
    if Path("/run/systemd/system").is_dir():
        for name in UNASKED_SERVICES:
            if any(package.startswith(name) for package in packages):
                call((*root, "systemctl", "disable", "--now", name))


def as_root() -> tuple[str, ...]:
    if os.geteuid() == 0:
        return ()
    if not shutil.which("sudo"):
        raise RefusedError(
            "Debian packages are missing and there is no sudo: run ./dev as root once."
        )
    return ("sudo",)


def stamp(folder: Path = ROOT, python: Sequence[int] = sys.version_info[:2]) -> str:
    """What the environment was made from: one line for its place, one for its content."""
    files = [folder / name for name in REQUIREMENTS]
    content = hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()
    return f"{folder} {'.'.join(map(str, python))}\n{content}\n"


def install_requirements() -> None:
    """One that was moved, made by another Python or left half made is made afresh."""
    found = STAMP.read_text() if STAMP.exists() and PYTHON.exists() else ""
    if found == stamp():
        return
    if VENV.is_symlink():
        raise RefusedError(".venv is a link, and what it points to is another's: remove the link")
    with step("Installing requirements into .venv"):
        if found.splitlines()[:1] != stamp().splitlines()[:1]:
            quietly((sys.executable, "-m", "venv", "--clear", VENV))
        hashed = ("--require-hashes", "-r", REQUIREMENTS[1])
        quietly((PYTHON, "-m", "pip", "install", "--quiet", *hashed), cwd=ROOT)
        STAMP.write_text(stamp())


def set_up(packages: Sequence[str] = PACKAGES) -> None:
    with set_up_lock():
        install_packages(packages)
        install_requirements()


# Which registry was asked is nobody else's business. pip itself is among the requirements.
LOCK_WORDS = (
    "--quiet", "--generate-hashes", "--strip-extras", "--allow-unsafe",
    "--no-emit-index-url", "--no-emit-trusted-host", "--no-emit-find-links",
)  # fmt: skip


LOCKED: dict[str, tuple[str, ...]] = {
    REQUIREMENTS[0]: ("pyproject.toml",),
    REQUIREMENTS[1]: ("pyproject.toml", "--extra", "dev", "-c", REQUIREMENTS[0]),
    "requirements-audit.txt": ("requirements-audit.in",),
}


def lock(words: Sequence[str]) -> int:
    """lock [--upgrade]   requirements*.txt, with hashes, from what pyproject.toml wants"""
    with set_up_lock():
        install_requirements()
    for name, wanted in LOCKED.items():
        with step(f"Writing {name}"):
            quietly(
                (PYTHON, "-m", "piptools", "compile", *LOCK_WORDS, *wanted, *words, "-o", name),
                cwd=ROOT,
                env=os.environ | {"CUSTOM_COMPILE_COMMAND": "./dev lock"},
            )
    return 0
