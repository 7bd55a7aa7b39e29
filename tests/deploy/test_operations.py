"""Each command of docs/operations.md runs as it stands there, in order, on a bare Debian."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from dvsa_alerts.operations.monitoring import health
from tests.deploy.debian import Debian, booted, reason_against
from tests.smtp_sink import Sink

PAGE = (settings.BASE_DIR / "docs" / "operations.md").read_text()
REPOSITORY = "https://git.example.org/dvsa-alerts.git"
SITE = "https://alerts.example.org"
TLS = "/etc/dvsa-alerts/tls"
SELF_SIGNED = f"""
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
    -subj /CN=alerts.example.org -addext subjectAltName=DNS:alerts.example.org \
    -keyout {TLS}/privkey.pem -out {TLS}/fullchain.pem
"""
# What someone should not have done, and whether it is undone.
DEED = "sudo -u postgres psql -q app -c 'DELETE FROM centers_postcode'"
POSTCODES = "sudo -u postgres psql -XAt app -c 'SELECT count(*) FROM centers_postcode'"
# A visitor who asks for one page after another, and notes each answer's status and seconds.
VISIT = f"""
systemd-run --quiet --unit=visitor --property=StandardOutput=file:/var/visits bash -c \
    'while :; do curl -s -o /dev/null -w "%{{http_code}} %{{time_total}}\\n" \
        --cacert {TLS}/fullchain.pem {SITE}/centers/; sleep 0.1; done'
"""


def blocks() -> list[tuple[str, str]]:
    """The heading and text of each block marked `sh`, in the order of the page."""
    found = []
    for part in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]:
        heading, _, text = part.partition("\n")
        for indent, block in re.findall(r"^( *)```sh\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL):
            found.append((heading, re.sub(f"^{indent}", "", block, flags=re.MULTILINE)))
    return found


class Operator:
    """Who goes through the page, and brings along what it asks for."""

    def __init__(self, machine: Debian, mail_port: int) -> None:
        self.machine = machine
        editor = machine.file("/usr/local/bin/fill")
        shutil.copy(settings.BASE_DIR / "tests/deploy/fill_environment.sh", editor)
        editor.chmod(0o755)
        machine.file("/etc/mail-server").write_text(f"127.0.0.1:{mail_port}")
        self.seconds: dict[str, float] = {}
        self.publish("main")

    def do(self, heading: str, block: str) -> None:
        """One block, and what has to be at hand for it."""
        if "cp deploy/nginx/" in block:
            self.machine.run(SELF_SIGNED)
        if "load_postcodes" in block:
            self._download()
        if "2 minutes ago" in block:
            time.sleep(125)
            self.machine.run(DEED)
        if "deploy/release v2" in block:
            self.publish("v2")
            self.machine.run(VISIT)
        began = time.monotonic()
        self.machine.run(block.replace(REPOSITORY, "/origin"))
        self.seconds[heading] = self.seconds.get(heading, 0) + time.monotonic() - began

    def publish(self, name: str) -> None:
        """A commit of what is checked out here, and a tag on it."""
        origin = self.machine.file("/origin")
        if not origin.exists():
            listed = _git("ls-files", "-co", "--exclude-standard", folder=settings.BASE_DIR)
            for file in filter(os.path.isfile, listed.splitlines()):
                (origin / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(settings.BASE_DIR / file, origin / file)
            _git("init", "--quiet", "--initial-branch", "trunk", folder=origin)
        (origin / "docs" / "release").write_text(name)
        _git("add", "--all", folder=origin)
        names = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        _git(*names, "commit", "--quiet", "--message", name, folder=origin)
        _git("tag", name, folder=origin)

    def _download(self) -> None:
        """The official files, with a row each."""
        here = self.machine.file(self.machine.here)
        (here / "ONSPD.csv").write_text("postcode,latitude,longitude\nIG3 9UZ,51.56,0.10\n")
        (here / "centres.csv").write_text("code,name,postcode\n9482,Goodmayes,IG3 9UZ\n")

    @property
    def release(self) -> str:
        """Which is the current one."""
        return self.machine.run("cat /srv/dvsa-alerts/current/docs/release 2>/dev/null || true")


def _git(*words: str, folder: Path) -> str:
    command = ["git", "-C", str(folder), *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def operator() -> Iterator[Operator]:
    """With a mail server that takes everything."""
    sink = Sink()
    with booted() as machine:
        yield Operator(machine, sink.port)
    sink.close()


@pytest.mark.long
@pytest.mark.skipif(bool(reason_against()), reason=reason_against())
def test_every_command_runs_in_the_order_of_the_page(operator):
    releases = {}
    for heading, block in blocks():
        operator.do(heading, block)
        releases[heading] = operator.release
        if "2 minutes ago" in block:
            assert int(operator.machine.run(POSTCODES)) > 0, "what was deleted is not back"
    assert (releases["Install"], releases["Upgrade"], releases["Rollback"]) == (
        "main",
        "v2",
        "main",
    )
    visits = [
        line.split() for line in operator.machine.file("/var/visits").read_text().splitlines()
    ]
    slowest = max(float(seconds) for _, seconds in visits)
    print(f"{len(visits)} visits, the slowest {slowest:.1f} s; seconds: {operator.seconds}")  # noqa: T201
    assert {status for status, _ in visits} == {"200"}


def test_every_block_is_shell_and_what_it_names_of_ours_is_there():
    """The short form: nothing is run."""
    for _, block in blocks():
        subprocess.run(["bash", "-n", "-c", block], check=True)
        for name in re.findall(r"(?:^|[ /])(deploy/[\w./-]+)", block):
            assert (settings.BASE_DIR / name).exists(), name


def test_every_command_it_names_is_there():
    named = re.findall(
        r"(?:deploy/manage|^dvsa-alerts|[`|] ?dvsa-alerts) ([a-z_]+)", PAGE, re.MULTILINE
    )
    assert set(named) - set(get_commands()) == set()
    assert "check_health" in named


def test_every_part_of_check_health_is_explained():
    section = PAGE.partition("### By `check_health`")[2].partition("\n### ")[0]
    rows = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert rows == list(health.EVERYTHING)


@pytest.mark.django_db
def test_every_metric_it_names_is_there(client, settings, tmp_path):
    from ipaddress import ip_network

    settings.TRUSTED_NETWORKS = [ip_network("127.0.0.0/8")]
    settings.BACKUP_DIR = str(tmp_path)
    answer = client.get("/metrics").content.decode()
    named = set(re.findall(r"`(dvsa_[a-z_]+)`", PAGE)) - {"dvsa_alerts"}
    client.get("/healthz")
    answer += client.get("/metrics").content.decode()
    missing = {name for name in named if f"# HELP {name.removesuffix('_total')}" not in answer}
    assert missing == set()


def test_it_names_no_path_of_a_developers_machine():
    for path in (settings.BASE_DIR / "docs").rglob("*.md"):
        text = path.read_text()
        assert str(settings.BASE_DIR) not in text, path
        assert not re.search(r"/(work|home|root)/", text), path
