"""The systemd units are sound, and give the service no more than it needs."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from manage import OWNER_COMMANDS

UNITS = settings.BASE_DIR / "deploy" / "systemd"
SERVICES = [
    "dvsa-alerts-web.service", "dvsa-alerts-worker@.service", "dvsa-alerts-beat.service",
    "dvsa-alerts-nightly.service", "dvsa-alerts-ingest.service", "pgbackrest@.service",
    "dvsa-alerts-prune.service", "dvsa-alerts-alarm@.service", "dvsa-alerts-health.service",
]  # fmt: skip
# systemd's own scale: 0 is safe, 10 is exposed.
MOST_EXPOSED = 3.0

pytestmark = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed"
)


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The units beside programs of the names that they start."""
    release = tmp_path / "current"
    (release / ".venv/bin").mkdir(parents=True)
    for program in ("gunicorn", "celery", "python"):  # pgbackrest is a package of the tests'
        (release / ".venv/bin" / program).symlink_to("/bin/true")
    for unit in UNITS.iterdir():
        text = unit.read_text().replace("/srv/dvsa-alerts/current", str(release))
        (tmp_path / unit.name).write_text(text.replace("@%H", "@host"))
    return tmp_path


def analyze(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *map(str, words)], capture_output=True, text=True, check=False
    )


def test_they_pass_verification_without_a_word(installed):
    names = [path for path in installed.iterdir() if path.is_file() and "@" not in path.name]
    instances = [
        installed / "dvsa-alerts-worker@email.service",
        installed / "pgbackrest@full.service",
        installed / "dvsa-alerts-alarm@dvsa-alerts-nightly.service.service",
    ]
    for instance in instances:
        template = instance.name.partition("@")[0] + "@.service"
        instance.write_text((installed / template).read_text())
    timers = installed.glob("pgbackrest@*.timer")
    done = analyze("verify", "--man=no", *names, *instances, *timers)
    ours = (str(installed), "dvsa", "pgbackrest")
    said = [line for line in done.stderr.splitlines() if any(word in line for word in ours)]
    assert (done.returncode, said) == (0, []), done.stderr


@pytest.mark.parametrize("service", SERVICES)
def test_little_is_exposed(installed, service):
    limit = str(int(MOST_EXPOSED * 10))
    done = analyze("security", "--offline=true", f"--threshold={limit}", installed / service)
    score = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert score, done.stdout + done.stderr
    assert float(score[1]) < MOST_EXPOSED
    assert done.returncode == 0


def test_every_service_is_looked_at():
    assert sorted(SERVICES) == sorted(path.name for path in UNITS.glob("*.service"))


def test_each_queue_has_its_worker():
    wanted = re.findall(r"worker@(\w+)\.service", (UNITS / "dvsa-alerts.target").read_text())
    assert wanted == list(settings.QUEUES)


@pytest.mark.parametrize("service", SERVICES)
def test_each_runs_as_its_own_user_without_new_privileges_on_a_read_only_system(service):
    lines = (UNITS / service).read_text().splitlines()
    owners = ("dvsa-alerts-nightly.service", "dvsa-alerts-prune.service")
    users = dict.fromkeys(owners, "dvsa-alerts-owner") | {"pgbackrest@.service": "postgres"}
    user = users.get(service, "dvsa-alerts")
    assert {f"User={user}", "NoNewPrivileges=yes", "ProtectSystem=strict"} <= set(lines)


def test_none_takes_away_the_shared_memory_of_the_cluster():
    """RemoveIPC removes all of a user's when the unit ends, and PostgreSQL's user is no unit's."""
    for service in UNITS.glob("*.service"):
        lines = service.read_text().splitlines()
        assert not {"User=postgres", "RemoveIPC=yes"} <= set(lines), service


def test_whatever_runs_to_an_end_tells_staff_when_it_fails():
    for service in UNITS.glob("*.service"):
        text = service.read_text()
        if "Type=oneshot" in text and "alarm@" not in service.name:
            assert "\nOnFailure=dvsa-alerts-alarm@%n.service\n" in text, service.name


def test_what_is_kept_no_longer_goes_after_a_backup_whatever_came_of_that():
    nightly = (UNITS / "dvsa-alerts-nightly.service").read_text()
    prune = (UNITS / "dvsa-alerts-prune.service").read_text()
    assert re.search(r"^Wants=.*dvsa-alerts-prune\.service$", nightly, re.MULTILINE)
    assert re.search(r"^After=.*dvsa-alerts-nightly\.service$", prune, re.MULTILINE)
    assert not re.search(r"^(Requires|BindsTo|Requisite)=", prune, re.MULTILINE)


def test_the_owners_credential_reaches_the_nightly_jobs_alone():
    reading = {
        path.name for path in UNITS.iterdir() if "=/etc/dvsa-alerts/owner" in path.read_text()
    }
    assert reading == {"dvsa-alerts-nightly.service", "dvsa-alerts-prune.service"}
    for file in ("environment.example", "compose.yaml"):
        assert "DATABASE_OWNER_URL=" not in (UNITS.parent / file).read_text()


def test_what_an_operator_types_runs_as_the_user_whose_work_it_is():
    script = (UNITS.parent / "dvsa-alerts").read_text()
    named = re.search(r"^(.+)\) user=dvsa-alerts-owner", script, re.MULTILINE)
    assert named
    assert set(named[1].split(" | ")) == set(OWNER_COMMANDS)
