"""The newest rows are counted as rows, wherever their ids have jumped to."""

import pytest

from audit.models import AuditLog
from audit.newest import among_newest
from audit.trail import record

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries(continue_at) -> list[int]:
    """Five entries of which the last two came after a restore, and after another."""
    for number, action in ((1, "a"), (2, "a"), (3, "b"), (1_000_000, "a"), (2_000_000, "b")):
        continue_at(AuditLog, number)
        record(action, actor=None, subject=None)
    return list(AuditLog.objects.order_by("id").values_list("id", flat=True))


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_as_many_rows_are_looked_at_as_were_asked_for(entries, count):
    found = among_newest(AuditLog.objects.all(), count).order_by("id")
    assert list(found.values_list("id", flat=True)) == entries[-count:]


def test_a_table_with_fewer_rows_is_looked_at_whole(entries):
    assert among_newest(AuditLog.objects.all(), 6).count() == 5


def test_what_is_filtered_is_among_the_newest_of_all_rows(entries):
    assert among_newest(AuditLog.objects.filter(action="a"), 3).count() == 1


def test_an_empty_table_has_no_newest():
    assert among_newest(AuditLog.objects.all(), 3).count() == 0
