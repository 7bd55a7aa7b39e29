"""When the cluster that tests start from is made again."""

import pytest

from dvsa_alerts.dev import migrated


@pytest.fixture
def checkout(tmp_path):
    """One with a migration and a list of requirements."""
    (tmp_path / "slots" / "migrations").mkdir(parents=True)
    (tmp_path / "slots" / "migrations" / "0001_initial.py").write_text("first")
    (tmp_path / "requirements.txt").write_text("django==5")
    return tmp_path


def test_the_same_migrations_need_no_other_cluster(checkout):
    before = migrated.made_from(checkout)
    (checkout / "slots" / "views.py").write_text("changed")
    assert migrated.made_from(checkout) == before


@pytest.mark.parametrize(
    "name",
    ["slots/migrations/0001_initial.py", "slots/migrations/0002_more.py", "requirements.txt"],
)
def test_another_migration_or_requirement_does(checkout, name):
    before = migrated.made_from(checkout)
    (checkout / name).write_text("changed")
    assert migrated.made_from(checkout) != before


def test_so_does_a_migration_under_another_name(checkout):
    before = migrated.made_from(checkout)
    folder = checkout / "slots" / "migrations"
    (folder / "0001_initial.py").rename(folder / "0001_first.py")
    assert migrated.made_from(checkout) != before
