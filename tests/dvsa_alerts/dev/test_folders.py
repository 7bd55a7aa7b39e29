"""Whose folders and locks are trusted."""

import os
import pwd

import pytest

from dvsa_alerts.dev import folders, shell


@pytest.fixture
def state(tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "state_folder", lambda: tmp_path / "state")
    return tmp_path / "state"


@pytest.fixture
def our_folders(monkeypatch):
    """As if the servers ran as the user who runs the tests, root included."""
    monkeypatch.setattr(folders, "server_user", lambda: pwd.getpwuid(os.geteuid()))


@pytest.mark.usefixtures("our_folders")
def test_a_private_folder_is_closed_to_others_even_if_it_was_open(tmp_path):
    folder = tmp_path / "sockets"
    folder.mkdir(mode=0o755)
    assert folders.private_folder(folder).stat().st_mode & 0o777 == 0o700


@pytest.mark.usefixtures("our_folders")
def test_a_link_in_place_of_the_socket_folder_is_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "sockets").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(shell.RefusedError, match="remove it"):
        folders.private_folder(tmp_path / "sockets")


def test_another_users_socket_folder_is_refused(tmp_path, monkeypatch):
    other = next(user for user in pwd.getpwall() if user.pw_uid != os.geteuid())
    monkeypatch.setattr(folders, "server_user", lambda: other)
    (tmp_path / "sockets").mkdir()
    with pytest.raises(shell.RefusedError, match=f"not {other.pw_name}'s own folder"):
        folders.private_folder(tmp_path / "sockets")


def test_a_lock_is_held_until_it_is_closed(tmp_path):
    lock = folders.hold(tmp_path / "lock")
    assert folders.held(tmp_path / "lock")
    os.close(lock)
    assert not folders.held(tmp_path / "lock")


@pytest.mark.usefixtures("state")
def test_only_living_others_count_as_users_and_the_dead_ones_go():
    uses = folders.uses_folder()
    lock = folders.hold(uses / "11")
    (uses / "12").touch()
    (uses / str(os.getpid())).touch()
    assert folders.others_using() == [11]
    assert not (uses / "12").exists()
    os.close(lock)
