"""Debian packages and the stamp over the requirements."""

import os
import shutil

import pytest

from dvsa_alerts.dev import install, shell


def test_only_packages_that_are_fully_installed_count_as_present():
    listed = "installed redis-server\nconfig-files chromium\n"
    assert install.missing_packages(["redis-server", "chromium", "git"], listed) == [
        "chromium",
        "git",
    ]


def test_a_package_name_within_another_is_not_taken_for_it():
    assert install.missing_packages(["redis"], "installed redis-server\n") == ["redis"]


def test_what_the_query_says_about_unknown_packages_is_not_a_package():
    said = "dpkg-query: no packages found matching chromium\n"
    assert install.missing_packages(["chromium"], said) == ["chromium"]


def test_python_venv_is_wanted_only_where_python_has_no_ensurepip(monkeypatch):
    monkeypatch.setattr(install, "find_spec", lambda name: None)
    assert install.with_venv_package(["redis-server"]) == ("python3-venv", "redis-server")
    monkeypatch.setattr(install, "find_spec", lambda name: object())
    assert install.with_venv_package(["redis-server"]) == ["redis-server"]


def test_a_user_without_sudo_is_told_what_to_do(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(shell.RefusedError, match="as root once"):
        install.as_root()


@pytest.fixture
def requirements(tmp_path):
    for name in install.REQUIREMENTS:
        (tmp_path / name).write_text("django\n")
    return tmp_path


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_a_change_in_any_requirements_file_changes_the_stamp(requirements, name):
    before = install.stamp(requirements)
    (requirements / name).write_text("django==5.2\n")
    assert install.stamp(requirements) != before


def test_an_environment_behind_a_link_is_left_to_its_owner(tmp_path, monkeypatch):
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (tmp_path / ".venv").symlink_to(theirs)
    monkeypatch.setattr(install, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(install, "STAMP", tmp_path / ".venv" / "installed")
    with pytest.raises(shell.RefusedError, match="is a link"):
        install.install_requirements()
    assert list(theirs.iterdir()) == []


def test_a_line_that_moves_to_the_next_file_changes_the_stamp(requirements):
    before = install.stamp(requirements)
    (requirements / "requirements.txt").write_text("")
    (requirements / "requirements-dev.txt").write_text("django\ndjango\n")
    assert install.stamp(requirements) != before


def test_another_python_or_place_changes_the_first_line_of_the_stamp(requirements):
    place, content, _ = install.stamp(requirements, (3, 11)).split("\n")
    assert install.stamp(requirements, (3, 13)).split("\n")[0] != place
    assert install.stamp(requirements, (3, 13)).split("\n")[1] == content
    assert str(requirements) in place
