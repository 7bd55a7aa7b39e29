"""What the application's database role may not do."""

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from audit.trail import record

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE auditlogs SET action = 'x'",
        "DELETE FROM auditlogs",
        "TRUNCATE auditlogs",
        "ALTER TABLE auditlogs DISABLE TRIGGER USER",
        "DROP TRIGGER audit_guard ON auditlogs",
        "SET session_replication_role = replica",
        "CREATE TABLE mine ()",
        "ALTER TABLE users ADD COLUMN x int",
        "DROP TABLE useralerts",
    ],
)
def test_the_application_is_refused(statement):
    record("test.entry", actor=None, subject=None)
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_application_reads_its_own_audit_entry():
    entry = record("test.entry", actor=None, subject=None, count=3)
    entry.refresh_from_db()
    assert (entry.action, entry.details) == ("test.entry", '{"count": 3}')


@pytest.mark.django_db(transaction=True)
def test_a_transactional_test_leaves_roles_for_the_next_one():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM roles")
        assert cursor.fetchone() == (4,)
