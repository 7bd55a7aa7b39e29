"""The locks with hashes (requirements*.txt) against what pyproject.toml wants."""

import re
import tomllib

import pytest
from django.conf import settings
from packaging.requirements import Requirement

FOLDER = settings.BASE_DIR
RUN, DEV = "requirements.txt", "requirements-dev.txt"
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


@pytest.mark.parametrize("name", [RUN, DEV])
def test_everything_in_a_lock_has_hashes(name):
    assert [each for each, text in locked(name).items() if "--hash=sha256:" not in text] == []


def test_what_is_tested_is_what_runs():
    tested = locked(DEV)
    other = [
        each
        for each, text in locked(RUN).items()
        if tested.get(each, "").split(" ")[0] != text.split(" ")[0]
    ]
    assert not other, AGAIN


@pytest.mark.parametrize("name", [RUN, DEV])
def test_a_lock_names_no_registry(name):
    text = (FOLDER / name).read_text()
    assert "://" not in text
    assert "--find-links" not in text
