"""`users.email_verified` says whether the primary address is, no matter what writes addresses."""

import threading

import pytest
from allauth.account.models import EmailAddress
from django.db import connection, transaction

from accounts.models import User
from tests.people import learner
from tests.schema import rows

INSERT = """
INSERT INTO account_emailaddress (user_id, email, verified, "primary")
VALUES (%s, 'learner@example.org', %s, %s) RETURNING id
"""


def says_verified(user_id: int) -> bool:
    """What the database notes of a user."""
    (said,) = rows.read("SELECT email_verified FROM users WHERE user_id = %s", user_id)
    return said


@pytest.mark.django_db
class TestOneWriter:
    def test_a_user_written_by_hand_is_not_verified(self):
        assert not says_verified(rows.user())

    @pytest.mark.parametrize(
        ("verified", "primary"), [(True, True), (True, False), (False, True), (False, False)]
    )
    def test_only_an_address_that_is_both_verified_and_primary_counts(self, verified, primary):
        user = rows.user()
        rows.run(INSERT, user, verified, primary)
        assert says_verified(user) is (verified and primary)

    @pytest.mark.parametrize("column", ["verified", '"primary"'])
    def test_it_follows_a_change_of_the_address(self, column):
        user = rows.user()
        rows.run(INSERT, user, True, True)
        rows.run(f"UPDATE account_emailaddress SET {column} = false")
        assert not says_verified(user)
        rows.run(f"UPDATE account_emailaddress SET {column} = true")
        assert says_verified(user)

    def test_it_follows_an_address_that_goes(self):
        user = rows.user()
        rows.run(INSERT, user, True, True)
        rows.run("DELETE FROM account_emailaddress")
        assert not says_verified(user)

    def test_an_address_that_is_given_to_another_user_counts_for_that_one(self):
        one, other = rows.user("one@example.org"), rows.user("other@example.org")
        rows.run(INSERT, one, True, True)
        rows.run("UPDATE account_emailaddress SET user_id = %s", other)
        assert (says_verified(one), says_verified(other)) == (False, True)

    def test_a_user_who_was_read_before_and_is_saved_after_changes_nothing(self):
        user = User.objects.create(email="ada@example.org", password="x")
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        user.save()
        assert says_verified(user.pk)

    def test_a_user_with_addresses_can_be_deleted(self):
        learner().delete()
        assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_write_addresses_of_one_user_at_once_are_both_heard():
    """One takes the verified address away while the other adds an unverified one."""
    user = learner()
    with transaction.atomic():
        EmailAddress.objects.create(user=user, email="b@example.org", verified=False, primary=False)
        taking = threading.Thread(target=_take_addresses_away)
        taking.start()
        taking.join(0.3)
    taking.join(10)
    assert not says_verified(user.pk)


def _take_addresses_away() -> None:
    try:
        EmailAddress.objects.filter(verified=True).delete()
    finally:
        connection.close()
