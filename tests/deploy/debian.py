"""A bare Debian 12 that systemd boots in a container: where the runbook's commands are true.

It has the network of the machine that runs the test, and nothing else of it.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import wait_until

RELEASE = "bookworm"
# What a smallest installation has, and the means to be reached.
ALSO = "systemd-sysv,dbus,ca-certificates,curl,openssl"
PROGRAMS = ("debootstrap", "systemd-nspawn", "nsenter")
# The ports that its servers listen on, which nobody else on this machine may have.
PORTS = (80, 443, 5432, 6379)
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
# How this machine reaches its package index; only addresses, no folders.
INDEX = ("PIP_INDEX_URL", "PIP_CERT", "http_proxy", "https_proxy", "no_proxy")


def reason_against() -> str:
    """Why it can't be booted here; empty when it can."""
    missing = [program for program in PROGRAMS if not shutil.which(program)]
    if missing or os.geteuid() != 0:
        return f"needs root and {', '.join(missing or PROGRAMS)}"
    taken = [port for port in PORTS if _is_taken(port)]
    return f"port {taken[0]} is taken" if taken else ""


def _is_taken(port: int) -> bool:
    with socket.socket() as attempt:
        return attempt.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def booted() -> Iterator["Debian"]:
    """One in a folder of its own, powered off and removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="debian-", dir="/var/tmp"))
    folder.chmod(0o755)  # what is root's alone here, nobody else could enter there
    machine = Debian(folder)
    try:
        machine.install()
        machine.boot()
        yield machine
    finally:
        machine.power_off()
        shutil.rmtree(folder)


class Debian:
    """A machine under a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.here = "/root"
        self._nspawn: subprocess.Popen[bytes] | None = None

    def install(self) -> None:
        """From Debian's own packages: about a minute."""
        words = ["debootstrap", "--variant=minbase", f"--include={ALSO}", RELEASE, str(self.root)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        shutil.copy(CERTIFICATES, self.file(str(CERTIFICATES)))
        self.file("/etc/hostname").write_text("alerts\n")
        self.file("/etc/hosts").write_text("127.0.0.1 localhost alerts alerts.example.org\n")

    def boot(self) -> None:
        """Until systemd says that all its units are up."""
        options = ["--quiet", "--boot", "--register=no", "--keep-unit", "--console=pipe"]
        log = (self.root / "var/log/console").open("wb")
        self._nspawn = subprocess.Popen(
            ["systemd-nspawn", *options, "--machine=alerts", f"--directory={self.root}"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        assert wait_until(self._is_up, seconds=180), (self.root / "var/log/console").read_text()

    def _is_up(self) -> bool:
        said = self._call("systemctl is-system-running").stdout if self._init() else ""
        return said == "running\n"

    def _init(self) -> str:
        """The number, as seen from outside, of its first process; empty before there is one."""
        if self._nspawn is None:
            return ""
        children = Path(f"/proc/{self._nspawn.pid}/task/{self._nspawn.pid}/children")
        return children.read_text().split(" ")[0] if children.exists() else ""

    def _call(self, script: str) -> subprocess.CompletedProcess[str]:
        inside = ["nsenter", f"--target={self._init()}", "--mount", "--uts", "--ipc", "--pid"]
        told = [
            "EDITOR=fill",
            *(f"{name}={os.environ[name]}" for name in INDEX if name in os.environ),
        ]
        path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        clean = ["env", "-i", f"--chdir={self.here}", "HOME=/root", "LANG=C.UTF-8", path, *told]
        shell = ["bash", "-euo", "pipefail", "-c", script]
        return subprocess.run(
            [*inside, *clean, *shell], input="y\n",
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    def run(self, block: str) -> str:
        """As root in a shell, where the block before it ended; what it printed.

        Whoever is asked anything is answered yes.
        """
        done = self._call(f"{block}\npwd >/var/here\n")
        assert done.returncode == 0, f"{block}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        self.here = self.file("/var/here").read_text().strip()
        return done.stdout

    def file(self, path: str) -> Path:
        """One of its files, as it is reached from outside."""
        return self.root / path.lstrip("/")

    def power_off(self) -> None:
        """Whatever state it is in."""
        if self._nspawn is None:
            return
        first = self._init()
        self._nspawn.terminate()
        try:
            self._nspawn.wait(60)
        except subprocess.TimeoutExpired:
            os.kill(int(first), signal.SIGKILL)
            self._nspawn.wait(60)
