"""Old entries leave the log with a signed-off start; addresses leave earlier; the chain holds."""

from datetime import timedelta

import psycopg
import pytest
from django.db import ProgrammingError, connection
from django.utils import timezone

from accounts.models import User
from audit.chain import ERASED, Head, newest_head, seal, signed_off, verify
from audit.models import AuditLog
from audit.retention import Addresses, Entries
from audit.trail import current_ip, record
from tests import databases
from tests.audit.test_chain import as_owner


@pytest.fixture
def entries(transactional_db):
    """Ten sealed entries: six of three years ago, two of 100 days ago, two of now."""
    user = User.objects.create_user("ada@example.org", "pw")
    token = current_ip.set("192.0.2.7")
    for days in [1100] * 6 + [100] * 2 + [0] * 2:
        entry = record("test.done", actor=user, subject=user)
        databases.date_entry(entry, timezone.now() - timedelta(days=days))
    current_ip.reset(token)
    seal()
    return list(AuditLog.objects.order_by("chain_no"))


@pytest.fixture
def by_owner(entries):
    """Runs a rule as the owner; how many went."""

    def run(rule, *, dry_run=False):
        with databases.used_here(connection.settings_dict["NAME"], role="app_owner"):
            return sum(rule.chunks(dry_run=dry_run))

    return run


def test_entries_go_after_two_years_and_the_chain_still_holds(entries, by_owner):
    assert by_owner(Entries()) == 6
    verdict = verify()
    assert (verdict.broken, verdict.start) == (None, Head(6, entries[5].hash))
    assert (verdict.checked, AuditLog.objects.count()) == (5, 5)


def test_a_second_run_finds_nothing_and_writes_nothing(entries, by_owner):
    by_owner(Entries())
    assert by_owner(Entries()) == 0
    assert AuditLog.objects.filter(action="audit.pruned").count() == 1


def test_a_dry_run_counts_and_signs_nothing_off(entries, by_owner):
    assert by_owner(Entries(), dry_run=True) == 6
    assert signed_off() == Head(0, "")
    assert AuditLog.objects.count() == 10


def test_a_run_that_was_killed_after_signing_off_is_taken_up(entries, by_owner):
    with databases.used_here(connection.settings_dict["NAME"], role="app_owner"):
        Entries()._sign_off(Head(6, entries[5].hash))
    assert verify().broken is None
    assert by_owner(Entries()) == 6
    assert verify().broken is None


def test_the_start_that_is_signed_off_is_part_of_the_chain(entries, by_owner):
    by_owner(Entries())
    with as_owner(without_triggers=True) as owner:
        owner.execute(
            "UPDATE auditlogs SET details = replace(details, '\"6:', '\"7:')"
            " WHERE action = 'audit.pruned'"
        )
    assert verify().broken is not None


def test_more_than_was_signed_off_can_not_be_missing(entries, by_owner):
    by_owner(Entries())
    with as_owner(without_triggers=True) as owner:
        owner.execute("DELETE FROM auditlogs WHERE chain_no = 7")
    assert "entry 8 follows 6" in verify().broken


def test_the_owner_may_delete_only_what_is_signed_off(entries, by_owner):
    by_owner(Entries())
    with as_owner() as owner, pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner.execute("DELETE FROM auditlogs WHERE chain_no = 7")


def test_the_application_can_neither_sign_off_nor_delete(entries):
    with pytest.raises(ProgrammingError, match="only the owner signs entries off"):
        record("audit.pruned", actor=None, subject=None, through=str(newest_head()))
    with pytest.raises(ProgrammingError), connection.cursor() as cursor:
        cursor.execute("DELETE FROM auditlogs")


def test_a_head_from_before_the_start_is_not_taken_for_one_that_holds(entries, by_owner):
    by_owner(Entries())
    assert verify(known_head=Head(6, entries[5].hash)).broken is None
    assert "known head" in verify(known_head=Head(3, entries[2].hash)).broken


def test_addresses_go_after_90_days_and_their_users_stay_provable(entries):
    assert sum(Addresses().chunks(dry_run=True)) == 8
    assert sum(Addresses().chunks(dry_run=False)) == 8
    left = AuditLog.objects.filter(ip__isnull=False)
    assert (left.count(), AuditLog.objects.filter(user__isnull=True).count()) == (2, 0)
    assert not AuditLog.objects.filter(ip__isnull=True, ip_salt__isnull=False).exists()
    assert verify().broken is None
    with as_owner(without_triggers=True) as owner:
        owner.execute("UPDATE auditlogs SET user_id = NULL WHERE chain_no = 2")
    assert "the actor was changed" in verify().broken


@pytest.mark.parametrize(
    "change", ["ip = '192.0.2.8'", "ip_salt = gen_random_uuid()", "ip = NULL", "ip_salt = NULL"]
)
def test_a_changed_address_is_found(entries, change):
    with as_owner(without_triggers=True) as owner:
        owner.execute(f"UPDATE auditlogs SET {change} WHERE chain_no = 3")
    assert "the actor was changed" in verify().broken


def test_an_erased_user_leaves_after_the_address_has(entries):
    list(Addresses().chunks(dry_run=False))
    User.objects.get(email="ada@example.org").delete()
    erased = AuditLog.objects.exclude(action=ERASED)
    assert set(erased.values_list("user_id", "ip", "salt", "ip_salt")) == {(None,) * 4}
    assert verify().broken is None


def test_an_entry_from_before_addresses_had_their_own_hash_loses_its_user_too(entries):
    with as_owner(without_triggers=True) as owner:
        owner.execute(
            "UPDATE auditlogs SET ip_salt = NULL, ip_hash = NULL,"
            " actor_hash = audit_actor_hash(salt, user_id, ip), chain_no = NULL, hash = NULL"
        )
    seal()
    assert verify().broken is None
    list(Addresses().chunks(dry_run=False))
    assert AuditLog.objects.filter(salt__isnull=True).count() == 8
    assert verify().broken is None


def test_what_is_left_of_an_erasure_holds_when_its_oldest_entries_have_gone(entries, by_owner):
    User.objects.get(email="ada@example.org").delete()
    seal()
    by_owner(Entries())
    assert verify().broken is None
    with as_owner(without_triggers=True) as owner:
        owner.execute("DELETE FROM auditlogs WHERE action = 'audit.erased'")
    assert verify().broken is not None
