"""What the Dockerfile and compose.yaml name is there; they are not run, for want of an engine."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from tests.deploy.test_environment_example import variables

DEPLOY = settings.BASE_DIR / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
CLIENTS = (("docker", "compose"), ("docker-compose",))
SECRETS = {
    "OWNER_PASSWORD": "a",
    "APP_PASSWORD": "b",
    "POSTGRES_PASSWORD": "c",
    "REDIS_PASSWORD": "d",
}


@pytest.fixture(scope="module")
def services() -> dict:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]


def test_all_that_the_image_copies_is_there():
    for line in re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.MULTILINE):
        for name in line.split():
            assert (settings.BASE_DIR / name).exists(), name


def test_all_apps_are_in_the_image():
    for app in ("audit", "centers", "accounts", "slots", "alerts", "dvsa_alerts"):
        assert f"COPY {app} {app}" in DOCKERFILE


def test_the_image_can_collect_its_files():
    command = re.search(r"RUN env (.+?) python manage.py collectstatic", DOCKERFILE, re.DOTALL)
    assert command
    told = dict(pair.split("=", 1) for pair in command[1].replace("\\", "").split())
    done = subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--dry-run"],
        cwd=settings.BASE_DIR, env={"PATH": os.environ["PATH"]} | told,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "copied to" in done.stdout


def test_the_image_is_not_roots():
    assert "\nUSER dvsa-alerts\n" in DOCKERFILE


def test_each_queue_has_its_worker_and_there_is_one_beat(services):
    commands = {name: service.get("command", "") for name, service in services.items()}
    workers = {c[c.index("-Q") + 1] for c in commands.values() if "worker" in c}
    assert workers == set(settings.QUEUES)
    assert len([command for command in commands.values() if "beat" in command]) == 1


def test_every_container_of_ours_is_read_only_and_without_capabilities(services):
    ours = [service for service in services.values() if service["image"] == "dvsa-alerts"]
    assert len(ours) == len(settings.QUEUES) + 5
    for service in ours:
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]


def test_what_it_sets_is_read_and_what_it_mounts_is_there(services):
    for service in services.values():
        if service["image"] == "dvsa-alerts":
            assert set(service["environment"]) <= {*variables(), "WEB_SERVICE"}
        for volume in service.get("volumes", []):
            if volume.startswith("./"):
                assert (DEPLOY / volume.partition(":")[0]).exists(), volume


def test_redis_evicts_nothing(services):
    assert "--maxmemory-policy noeviction" in services["redis"]["command"]


def compose(*words: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Docker's plugin, or the program of Debian's package."""
    command = CLIENTS[0] if answers(CLIENTS[0]) else CLIENTS[1]
    return subprocess.run(
        [*command, *words], capture_output=True, text=True, check=False, **options
    )


def answers(client: tuple[str, ...]) -> bool:
    if not shutil.which(client[0]):
        return False
    return subprocess.run([*client, "version"], capture_output=True, check=False).returncode == 0


needs_compose = pytest.mark.skipif(not any(map(answers, CLIENTS)), reason="no Compose is installed")


@pytest.fixture
def folder(tmp_path):
    """As an operator has filled it in. The first Compose, which Debian 12 has, knows no `name`."""
    shutil.copytree(DEPLOY, tmp_path / "deploy")
    shutil.copy(DEPLOY / "environment.example", tmp_path / "deploy" / "environment")
    if "version 1." in compose("version").stdout:
        file = tmp_path / "deploy" / "compose.yaml"
        file.write_text(file.read_text().replace("\nname: dvsa-alerts\n", "\n"))
    return tmp_path


def config(folder: Path, *options: str, **given: str) -> subprocess.CompletedProcess[str]:
    """What Compose says of the file when it is given these values, and no others."""
    env = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **given}
    return compose("-f", "deploy/compose.yaml", "config", *options, cwd=folder, env=env)


@needs_compose
def test_compose_accepts_it(folder):
    done = config(folder, "--quiet", **SECRETS)
    assert done.returncode == 0, done.stderr


@needs_compose
def test_others_images_are_by_tag_until_an_operator_gives_their_digests(folder):
    by_tag = images(folder)
    pinned = {name: f"{tag}@sha256:{'0' * 64}" for name, tag in by_tag.items()}
    assert images(folder, **pinned) == pinned
    base = f"ARG PYTHON_IMAGE={by_tag['PYTHON_IMAGE']}\nFROM ${{PYTHON_IMAGE}}\n"
    assert re.findall(r"^(?:ARG|FROM) .+\n", DOCKERFILE, re.MULTILINE) == base.splitlines(True)


def images(folder: Path, **given: str) -> dict[str, str]:
    """What others' images are with these values, by the variable that says it."""
    services = yaml.safe_load(config(folder, **SECRETS, **given).stdout)["services"]
    return {
        "PYTHON_IMAGE": services["web"]["build"]["args"]["PYTHON_IMAGE"],
        "POSTGIS_IMAGE": services["db"]["image"],
        "REDIS_IMAGE": services["redis"]["image"],
    }


@needs_compose
@pytest.mark.parametrize("missing", SECRETS)
def test_compose_refuses_to_start_without_a_password(folder, missing):
    given = {name: value for name, value in SECRETS.items() if name != missing}
    done = config(folder, "--quiet", **given)
    assert (done.returncode, missing in done.stderr) == (1, True)
