"""The audit log is append-only, chained by hashes, and provable after an erasure."""

import json
from contextlib import contextmanager

import psycopg
import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection

from accounts.models import User
from audit.chain import ERASED, Head, seal, verify
from audit.models import AuditLog
from audit.trail import current_ip, record
from tests import databases

ANOTHER_ACTOR = """
    WITH other AS (
        INSERT INTO users (email, password_hash) VALUES ('eve@example.org', 'x') RETURNING user_id
    ) UPDATE auditlogs SET user_id = other.user_id FROM other WHERE chain_no = 3
"""


@pytest.fixture
def entries(transactional_db):
    """Five sealed entries of a user, from an address, about the user."""
    user = User.objects.create_user("ada@example.org", "pw")
    token = current_ip.set("192.0.2.7")
    for number in range(5):
        record("test.done", actor=user, subject=user, number=number, word="naïve “quote”")
    current_ip.reset(token)
    seal()
    return list(AuditLog.objects.order_by("chain_no"))


@contextmanager
def as_owner(*, without_triggers=False):
    """The owner's own connection to this test's database."""
    with databases.owner_connection(connection.settings_dict["NAME"]) as owner:
        if without_triggers:
            owner.execute("ALTER TABLE auditlogs DISABLE TRIGGER USER")
        yield owner
        owner.execute("ALTER TABLE auditlogs ENABLE TRIGGER USER")


def test_an_untouched_chain_holds(entries):
    verdict = verify()
    assert (verdict.broken, verdict.checked, verdict.unsealed) == (None, 5, 0)
    assert verdict.head == Head(5, entries[-1].hash)


def test_new_entries_wait_until_they_are_sealed(entries):
    record("test.more", actor=None, subject=None)
    assert verify().unsealed == 1
    assert seal()[0] == 1
    assert verify().head.chain_no == 6


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE auditlogs SET action = 'other' WHERE chain_no = 3",
        "UPDATE auditlogs SET details = NULL WHERE chain_no = 3",
        "UPDATE auditlogs SET user_id = NULL, action = 'other' WHERE chain_no = 3",
        "UPDATE auditlogs SET chain_no = 9 WHERE chain_no = 3",
        "DELETE FROM auditlogs WHERE chain_no = 3",
        "TRUNCATE auditlogs",
    ],
)
def test_the_owner_is_refused_while_the_triggers_stand(entries, statement):
    with as_owner() as owner, pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner.execute(statement)
    assert verify().broken is None


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE auditlogs SET action = 'test.donf' WHERE chain_no = 3", "entry 3"),
        ("UPDATE auditlogs SET details = NULL WHERE chain_no = 3", "entry 3"),
        ("UPDATE auditlogs SET timestamp = timestamp + '1us' WHERE chain_no = 3", "entry 3"),
        ("UPDATE auditlogs SET details = overlay(details PLACING 'X' FROM 5)", "entry 1"),
        (
            ANOTHER_ACTOR,
            "the actor was changed",
        ),
        ("UPDATE auditlogs SET chain_no = 12 - chain_no WHERE chain_no IN (2, 5)", "entry"),
        ("UPDATE auditlogs SET ip = '192.0.2.8' WHERE chain_no = 3", "the actor was changed"),
        ("UPDATE auditlogs SET salt = NULL WHERE chain_no = 3", "the actor was changed"),
        ("UPDATE auditlogs SET user_id = NULL WHERE chain_no = 3", "the actor was changed"),
        ("DELETE FROM auditlogs WHERE chain_no = 3", "entry 4 follows 2"),
        ("DELETE FROM auditlogs WHERE chain_no = 1", "entry 2 follows 0"),
        (
            "INSERT INTO auditlogs (action, chain_no, hash) VALUES ('forged', 6, repeat('0', 64))",
            "entry 6",
        ),
    ],
)
def test_tampering_past_the_triggers_is_found(entries, statement, named):
    with as_owner(without_triggers=True) as owner:
        owner.execute(statement)
    assert named in verify().broken


def test_removing_the_newest_entries_is_found_with_a_head_kept_elsewhere(entries):
    head = verify().head
    with as_owner(without_triggers=True) as owner:
        owner.execute("DELETE FROM auditlogs WHERE chain_no > 3")
    assert verify().broken is None
    assert "known head" in verify(known_head=head).broken


def test_a_head_from_earlier_still_holds_when_the_chain_has_grown(entries):
    head = verify().head
    record("test.more", actor=None, subject=None)
    seal()
    assert verify(known_head=head).broken is None


def test_an_erased_users_entries_stay_provable_without_the_user(entries):
    User.objects.get(email="ada@example.org").delete()
    rows = AuditLog.objects.exclude(action=ERASED).values_list("user_id", "ip", "salt")
    assert set(rows) == {(None, None, None)}
    assert verify().broken is None


def test_an_entry_erased_before_it_was_sealed_is_chained_all_the_same(transactional_db):
    user = User.objects.create_user("ada@example.org", "pw")
    record("test.done", actor=user, subject=None)
    user.delete()
    seal()
    verdict = verify()
    assert (verdict.broken, verdict.checked) == (None, 2)


def _take_ada_out_and_put_her_back():
    """What someone who can write as the application may do to a user."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT user_id, email FROM users WHERE email = 'ada@example.org'")
        number, email = cursor.fetchone()
        cursor.execute("DELETE FROM users WHERE user_id = %s", [number])
        cursor.execute(
            "INSERT INTO users (user_id, email, password_hash) OVERRIDING SYSTEM VALUE"
            " VALUES (%s, %s, 'x')", [number, email],
        )  # fmt: skip
    return number


def test_a_user_who_is_deleted_and_put_back_is_named(entries):
    number = _take_ada_out_and_put_her_back()
    seal()
    assert verify().broken == f"user {number} was erased, and is there again"


def test_each_erasure_leaves_a_witness_in_the_chain(entries):
    user = User.objects.get(email="ada@example.org")
    number = user.pk
    user.delete()
    seal()
    witness = AuditLog.objects.get(action=ERASED)
    said = json.loads(witness.details)
    assert (said["user"], said["entries"], said["first"]) == (number, 5, entries[0].pk)
    assert set(AuditLog.objects.filter(salt=None).values_list("erased_by", flat=True)) == {
        witness.pk
    }
    assert verify().checked == 6


def test_an_actor_who_is_taken_out_without_a_witness_is_found(entries):
    with as_owner(without_triggers=True) as owner:
        owner.execute(
            "UPDATE auditlogs SET user_id = NULL, ip = NULL, salt = NULL, ip_salt = NULL"
            " WHERE chain_no = 3"
        )
    assert "without a witness" in verify().broken


def test_an_entry_that_joins_anothers_erasure_is_found(entries):
    eve = User.objects.create_user("eve@example.org", "pw")
    record("test.done", actor=eve, subject=None)
    User.objects.get(email="ada@example.org").delete()
    seal()
    with as_owner(without_triggers=True) as owner:
        owner.execute(
            "UPDATE auditlogs SET user_id = NULL, salt = NULL,"
            " erased_by = (SELECT log_id FROM auditlogs WHERE action = 'audit.erased')"
            " WHERE user_id IS NOT NULL"
        )
    assert "other entries lost their actor" in verify().broken


@pytest.mark.parametrize("action", ["audit.erased", "audit.pruned"])
def test_the_application_can_forge_neither_a_witness_nor_a_start(entries, action):
    with pytest.raises(ProgrammingError, match="only the owner signs entries off"):
        record(action, actor=None, subject=None)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT audit_erase(1)",
        "SELECT audit_let_go(ARRAY[1], 1)",
        """CREATE TEMP TABLE mine (user_id integer);
        CREATE TRIGGER mine BEFORE DELETE ON mine
            FOR EACH ROW EXECUTE FUNCTION accounts_leave_a_witness()""",
    ],
)
def test_the_application_can_let_nobodys_entries_go(entries, statement):
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(statement)


def test_an_inserted_row_can_choose_neither_its_number_nor_its_date(entries):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO auditlogs (log_id, action, timestamp) OVERRIDING SYSTEM VALUE"
            " VALUES (-7, 'forged', '2020-01-01') RETURNING log_id, timestamp > '2020-01-02'"
        )
        assert cursor.fetchone() == (entries[-1].pk + 1, True)


def test_an_inserted_row_cannot_bring_its_own_place_in_the_chain(entries):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO auditlogs (action, chain_no, hash, actor_hash)"
            " VALUES ('forged', 99, 'x', 'y')"
        )
    assert verify().unsealed == 1


def test_the_command_answers_one_json_object(entries, capsys):
    call_command("verify_audit", json=True)
    answer = json.loads(capsys.readouterr().out)
    assert (answer["checked"], answer["broken"]) == (5, None)


def test_the_command_exits_1_and_names_the_broken_entry(entries, capsys):
    with as_owner(without_triggers=True) as owner:
        owner.execute("UPDATE auditlogs SET action = 'other' WHERE chain_no = 2")
    with pytest.raises(SystemExit) as stopped:
        call_command("verify_audit")
    assert stopped.value.code == 1
    assert "entry 2" in capsys.readouterr().out
