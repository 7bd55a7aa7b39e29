"""The locks with hashes (requirements*.txt) against what pyproject.toml wants."""

import re
import tomllib

import pytest
from django.conf import settings
from packaging.requirements import Requirement

FOLDER = settings.BASE_DIR
RUN, DEV, AUDIT = "requirements.txt", "requirements-dev.txt", "requirements-audit.txt"
AGAIN = "Run ./dev lock, and commit what it writes."


def wanted(name: str) -> list[Requirement]:
    project = tomllib.loads((FOLDER / "pyproject.toml").read_text())["project"]
    more = project["optional-dependencies"]["dev"] if name == DEV else []
    return [Requirement(line) for line in [*project["dependencies"], *more]]


def locked(name: str) -> dict[str, str]:
    """What follows each `name==` in a lock: the version, its hashes and who wants it."""
    found = re.findall(r"^([a-z0-9-]+)==(.+(?:\n .*)*)", (FOLDER / name).read_text(), re.MULTILINE)
    return dict(found)


def spelled(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", [RUN, DEV])
def test_a_lock_holds_the_version_that_is_wanted(name):
    lock = locked(name)
    stale = [
        str(each)
        for each in wanted(name)
        if not each.specifier.contains(lock.get(spelled(each.name), "").split(" ")[0] or "0")
    ]
    assert not stale, AGAIN


@pytest.mark.parametrize("name", [RUN, DEV])
def test_a_lock_holds_nothing_that_is_wanted_no_more(name):
    direct = {each for each, text in locked(name).items() if "dvsa-alerts (pyproject.toml)" in text}
    assert direct == {spelled(each.name) for each in wanted(name)}, AGAIN


@pytest.mark.parametrize("name", [RUN, DEV, AUDIT])
def test_everything_in_a_lock_has_hashes(name):
    assert [each for each, text in locked(name).items() if "--hash=sha256:" not in text] == []


def test_the_tools_of_the_audit_are_locked_as_they_are_wanted():
    wanted = (FOLDER / "requirements-audit.in").read_text().split("\n")[1:-1]
    lock = locked(AUDIT)
    assert wanted
    assert [line for line in wanted if lock.get(line.split("==")[0], "").split(" ")[0] !=
            line.split("==")[1]] == [], AGAIN  # fmt: skip


INSTALLING = ("deploy/release", "deploy/Dockerfile", "dvsa_alerts/dev/install.py")


@pytest.mark.parametrize("file", INSTALLING)
def test_nothing_is_installed_but_from_a_lock_with_hashes(file):
    lines = (FOLDER / file).read_text().splitlines()
    installing = [line for line in lines if re.search(r"pip\W+install", line)]
    assert installing
    assert [line for line in installing if "hash" not in line] == []


def test_what_is_tested_is_what_runs():
    tested = locked(DEV)
    other = [
        each
        for each, text in locked(RUN).items()
        if tested.get(each, "").split(" ")[0] != text.split(" ")[0]
    ]
    assert not other, AGAIN


@pytest.mark.parametrize("name", [RUN, DEV, AUDIT])
def test_a_lock_names_no_registry(name):
    text = (FOLDER / name).read_text()
    assert "://" not in text
    assert "--find-links" not in text
