"""The site as it is deployed: gunicorn behind nginx, through TLS, told what its units tell it."""

import os
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

from django.conf import settings

from tests.drills.senders import Program
from tests.journeys.site import answers, free_port
from tests.servers import wait_until

DEPLOY = settings.BASE_DIR / "deploy"
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
NAME = "alerts.example.org"
MAIN = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log;
events {{ }}
http {{
    include /etc/nginx/mime.types;
    include {folder}/site.conf;
}}
"""
ASSIGNED = re.compile(r"^#? ?([A-Z][A-Z_]+)=(.*)$", re.MULTILINE)
GUNICORN = ("-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "dvsa_alerts.wsgi")


@dataclass(frozen=True)
class Front:
    """Where nginx listens, and what its clients trust."""

    https: int
    http: int
    folder: Path

    def get(self, path: str, **headers: str) -> tuple[int, Message, bytes]:
        """A page, as this machine asks for it."""
        return self.ask("GET", path, None, headers)

    def line(self, address: str = "127.0.0.1") -> ssl.SSLSocket:
        """A connection from one of this machine's addresses; the certificate is verified."""
        trust = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
        plain = socket.create_connection(("127.0.0.1", self.https), 30, (address, 0))
        return trust.wrap_socket(plain, server_hostname=NAME)

    def ask(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str],
        address: str = "127.0.0.1",
    ) -> tuple[int, Message, bytes]:  # fmt: skip
        """One request through TLS."""
        with closing(HTTPConnection(NAME)) as connection:
            connection.sock = self.line(address)
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()

    def ask_without_tls(self, path: str, method: str = "GET", **headers: str) -> HTTPResponse:
        """One request to port 80."""
        connection = HTTPConnection("127.0.0.1", self.http, timeout=30)
        connection.request(method, path, headers={"Host": NAME} | headers)
        return connection.getresponse()


def make_front(folder: Path) -> Front:
    """A certificate, a release, and the configuration with its paths and ports moved there."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}",
         "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    (folder / "current").symlink_to(settings.BASE_DIR)
    front = Front(https=free_port(), http=free_port(), folder=folder)
    (folder / "site.conf").write_text(_moved(front))
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(user + MAIN.format(folder=folder))
    return front


def _moved(front: Front) -> str:
    text, folder = (DEPLOY / "nginx" / "dvsa-alerts.conf").read_text(), front.folder
    for ours, here in (
        ("/etc/dvsa-alerts/tls", folder), ("/var/log/nginx", folder), ("/srv/dvsa-alerts", folder),
        ("/run/dvsa-alerts-web.sock", folder / "web.sock"), ("[::]:", "127.0.0.2:"),
        ("/run/dvsa-alerts-ingest.sock", folder / "ingest.sock"),
        ("443 ssl", f"{front.https} ssl"), ("listen 80;", f"listen {front.http};"),
        (":80;", f":{front.http};"),
    ):  # fmt: skip
        assert ours in text
        text = text.replace(ours, str(here))
    return text


def told_by(unit: str, folder: Path, mail_port: int) -> dict[str, str]:
    """What a unit of systemd's tells its process: the files that it names, filled in, its own."""
    text = (DEPLOY / "systemd" / f"{unit}.service").read_text()
    files = re.findall(r"^EnvironmentFile=/etc/dvsa-alerts/(\w+)$", text, re.MULTILINE)
    lines = "".join((DEPLOY / f"{file}.example").read_text() for file in files).splitlines()
    told = dict(line.split("=", 1) for line in lines if re.match(r"[A-Z]", line))
    for line in re.findall(r"^Environment=(.+)$", text, re.MULTILINE):
        told |= dict(word.split("=", 1) for word in line.split())
    here = {
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}", "WEB_CONCURRENCY": "1",
        "PROMETHEUS_MULTIPROC_DIR": str(folder), "BACKUP_DIR": str(folder),
    }  # fmt: skip
    secrets = ("SECRET_KEY", "VAPID_PRIVATE_KEY", "DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
    return told | here | {name: os.environ[name] for name in secrets if name in told}


def _started(unit: str, front: Front, mail_port: int) -> Program:
    service = unit.rpartition("-")[2]
    told = told_by(unit, front.folder, mail_port)
    told["GUNICORN_BIND"] = f"unix:{front.folder}/{service}.sock"
    return Program(*GUNICORN, log=front.folder / f"{service}.log", without=OURS, **told)


# Whatever our processes may be told: none of it comes from the tests' own environment.
OURS = {
    name
    for file in ("environment.example", "owner.example")
    for name, _ in ASSIGNED.findall((DEPLOY / file).read_text())
}


def _is_up(front: Front) -> bool:
    try:
        return answers(front.https) and front.get("/healthz")[0] == 200
    except OSError:  # a busy machine starts it slowly
        return False


@dataclass(frozen=True)
class Deployed(Front):
    """A front whose site runs."""

    web: Program
    ingest: Program


@contextmanager
def deployed(front: Front, mail_port: int) -> Iterator[Deployed]:
    """The web and ingest services behind nginx."""
    web = _started("dvsa-alerts-web", front, mail_port)
    ingest = _started("dvsa-alerts-ingest", front, mail_port)
    nginx = subprocess.Popen([str(NGINX), "-c", front.folder / "nginx.conf"])
    try:
        assert wait_until(lambda: _is_up(front), seconds=180, every=0.5), web.said()
        yield Deployed(front.https, front.http, front.folder, web, ingest)
    finally:
        nginx.terminate()
        nginx.wait(20)
        web.stop()
        ingest.stop()
