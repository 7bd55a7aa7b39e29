"""Each command of docs/operations.md runs as it stands there, in order."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from dvsa_alerts.monitoring import health
from tests import servers
from tests.drills.senders import beat, worker

PAGE = (settings.BASE_DIR / "docs" / "operations.md").read_text()
# Run by a drill (tests/drills/test_recovery.py), on a cluster of its own.
ELSEWHERE = {"Point-in-time recovery"}
PLACES = (
    "bin", "srv", "tmp", "var/backups", "etc/nginx/sites-enabled", "etc/systemd/system",
    "etc/redis", "etc/postgresql/15/main/conf.d",
)  # fmt: skip
REPOSITORY = "https://git.example.org/dvsa-alerts.git"
STAND_INS = {
    # What belongs to a whole machine: said to have been done.
    "apt-get": 'exit 0',
    "useradd": 'exit 0',
    "systemctl": 'echo "$@" >>"$SANDBOX/systemctl.log"',
    # Everybody is the one user of the test.
    "sudo": 'shift 2; exec "$@"',
    "install": 'case $1 in -d) mkdir -p "$8" ;; *) shift 4; exec /usr/bin/install "$@" ;; esac',
    # Its packages are those of the run.
    "python3": f'[ "$1 $2" = "-m venv" ] || exec {sys.executable} "$@"\n'
               f'exec ln -s {Path(sys.executable).parent.parent} "$3"',
    "fill": f'exec {sys.executable} {settings.BASE_DIR}/tests/deploy/fill_environment.py "$1"',
}  # fmt: skip


def sections() -> dict[str, list[str]]:
    """The blocks marked `sh` under each heading, in order."""
    found = {}
    for part in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]:
        heading, _, text = part.partition("\n")
        found[heading] = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return {heading: blocks for heading, blocks in found.items() if blocks}


class Machine:
    """A folder that stands for a server, where the page's commands run one after another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.here = folder
        self.redis = f"redis+socket://{folder}/redis.sock"
        self.url = f"postgis://app:secret@/app?host={folder}"
        for place in PLACES:
            (folder / place).mkdir(parents=True)
        for name, text in STAND_INS.items():
            (folder / "bin" / name).write_text(f"#!/bin/sh\n{text}\n")
            (folder / "bin" / name).chmod(0o755)
        self.published: list[str] = []
        self.publish("main")

    def publish(self, name: str) -> None:
        """A commit of what is checked out here, and a tag on it."""
        origin = self.folder / "origin"
        if not origin.exists():
            listed = self._git("ls-files", "-co", "--exclude-standard", folder=settings.BASE_DIR)
            for file in filter(os.path.isfile, listed.splitlines()):
                (origin / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(settings.BASE_DIR / file, origin / file)
            self._git("init", "--quiet", "--initial-branch", "trunk", folder=origin)
        (origin / "docs" / "release").write_text(name)
        self._git("add", "--all", folder=origin)
        names = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        self._git(*names, "commit", "--quiet", "--message", name, folder=origin)
        self._git("tag", name, folder=origin)
        self.published.append(name)

    def run(self, block: str) -> str:
        """One block, where the one before it ended; its output."""
        block = re.sub(r"(?<![\w.])/(srv|etc|tmp|var)/", rf"{self.folder}/\1/", block)
        script = f"{block.replace(REPOSITORY, str(self.folder / 'origin'))}\npwd >$SANDBOX/here\n"
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script], cwd=self.here, env=self._environment(),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{block}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        self.here = Path((self.folder / "here").read_text().strip())
        return done.stdout

    def _environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
        return kept | {
            "PATH": f"{self.folder}/bin:{os.environ['PATH']}",
            "SANDBOX": str(self.folder), "EDITOR": "fill", "PGHOST": str(self.folder),
            "PGUSER": "postgres", "ENVIRONMENT_FILE": f"{self.folder}/etc/dvsa-alerts/environment",
        }  # fmt: skip

    @staticmethod
    def _git(*words: str, folder: Path) -> str:
        command = ["git", "-C", str(folder), *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    """With a bare PostgreSQL and Redis, as Debian's packages leave them."""
    script = servers.dev_script()
    with servers.own_folder() as folder, ExitStack() as stack:
        for server in (script.Postgres(folder, folder), script.Redis(folder, folder)):
            server.start()
            stack.callback(server.stop)
        yield Machine(folder)


@pytest.mark.long
def test_every_command_runs_in_the_order_of_the_page(machine):
    current = {}
    with ExitStack() as stack:
        for heading, block in ours():
            if heading == "Upgrade" and "v2" not in machine.published:
                machine.publish("v2")
            said = machine.run(block)
            if "enable --now dvsa-alerts.target" in block:
                for program in start_services(machine):
                    stack.callback(program.kill)
            current[heading] = released(machine)
    assert (current["Install"], current["Upgrade"], current["Rollback"]) == ("main", "v2", "main")
    assert "entries hold" in said
    started = (machine.folder / "systemctl.log").read_text()
    assert started.count("restart dvsa-alerts-web.service") == 2


def test_every_block_is_shell_and_what_it_names_of_ours_is_there():
    """The short form: nothing is run."""
    for _, block in ours():
        subprocess.run(["bash", "-n", "-c", block], check=True)
        for name in re.findall(r"(?:^|[ /])(deploy/[\w./-]+)", block):
            assert (settings.BASE_DIR / name).exists(), name
        for command in re.findall(r"deploy/manage ([a-z_]+)", block):
            assert command in get_commands(), command


def ours() -> list[tuple[str, str]]:
    """Heading and block, in the order of the page, but for what runs elsewhere."""
    wanted = [(name, blocks) for name, blocks in sections().items() if name not in ELSEWHERE]
    return [(heading, block) for heading, blocks in wanted for block in blocks]


def start_services(machine: Machine) -> list:
    """What systemd would have started, until each queue has given its sign of life."""
    told = {"DATABASE_URL": machine.url, "redis": machine.redis}
    log = machine.folder
    programs = [worker(log / "worker", **told), beat(log / "beat", **told)]
    alive = "SELECT count(*) FROM dvsa_alerts_heartbeat"
    psql = f"psql -XAt -d app -c '{alive}'"
    want = str(len(settings.QUEUES))
    assert servers.wait_until(lambda: machine.run(psql).strip() == want, seconds=90)
    return programs


def released(machine: Machine) -> str:
    """Which release is the current one."""
    file = machine.folder / "srv/dvsa-alerts/current/docs/release"
    return file.read_text() if file.exists() else ""


def test_every_part_of_check_health_is_explained():
    section = PAGE.partition("### By `check_health`")[2].partition("\n### ")[0]
    rows = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert rows == list(health.EVERYTHING)


@pytest.mark.django_db
def test_every_metric_it_names_is_there(client, settings):
    from ipaddress import ip_network

    settings.TRUSTED_NETWORKS = [ip_network("127.0.0.0/8")]
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
