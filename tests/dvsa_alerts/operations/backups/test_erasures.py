"""The ids of erased users are kept beside the backups, each once, whatever crashes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from alerts.erasure import erase_user
from dvsa_alerts import tasks
from dvsa_alerts.operations.backups.erasures import FILE, keep_erasures, kept_erasures
from tests.alerts.world import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def erased():
    """Erases a new user; the id that was the user's."""

    def erase():
        user = make_user()
        number = user.pk
        erase_user(user=user, actor=None)
        return number

    return erase


def kept(folder):
    return [each.user for each in kept_erasures(folder, since=timezone.now())]


def test_each_erasure_is_appended_once(tmp_path, erased):
    first = erased()
    assert keep_erasures(tmp_path) == 1
    second = erased()
    assert (keep_erasures(tmp_path), keep_erasures(tmp_path)) == (1, 0)
    assert kept(tmp_path) == [first, second]


def test_a_line_that_a_crash_cut_short_is_written_again(tmp_path, erased):
    first, second = erased(), erased()
    keep_erasures(tmp_path)
    file = tmp_path / FILE
    file.write_text(file.read_text().rstrip()[:-4])
    assert kept(tmp_path) == [first]
    assert keep_erasures(tmp_path) == 1
    assert kept(tmp_path) == [first, second]


def test_nothing_but_ids_and_times_is_kept(tmp_path, erased):
    erased()
    keep_erasures(tmp_path)
    assert "example.org" not in (tmp_path / FILE).read_text()
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_a_backup_older_than_the_erasure_knows_of_it_by_the_file(tmp_path, erased):
    number = erased()
    keep_erasures(tmp_path)
    assert [e.user for e in kept_erasures(tmp_path, since=timezone.now() - timedelta(30))] == [
        number
    ]
    assert kept_erasures(tmp_path, since=timezone.now() + timedelta(hours=2)) == []


def test_without_a_file_nobody_was_erased(tmp_path):
    assert kept_erasures(tmp_path, since=timezone.now()) == []


def test_the_task_keeps_them_where_backups_are_reached(tmp_path, erased, settings):
    number = erased()
    tasks.keep_erasures()
    settings.BACKUP_DIR = str(tmp_path)
    tasks.keep_erasures()
    assert kept(tmp_path) == [number]
