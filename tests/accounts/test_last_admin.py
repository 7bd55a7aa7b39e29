"""The last active admin stays, however it is tried."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Role, User
from tests.staff import make_staff, signed_in


def another_admin():
    role = Role.objects.get(role_name="admin")
    return User.objects.create_user("second@example.org", "pw", role=role)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"role": None}], ids=["disabled", "demoted"]
)
def test_the_last_admin_is_not(change):
    boss = make_staff()
    with pytest.raises(IntegrityError, match="last active admin"), transaction.atomic():
        User.objects.filter(pk=boss.pk).update(**change)


@pytest.mark.django_db
def test_the_last_admin_is_not_erased():
    boss = make_staff(second_factor=False)
    with pytest.raises(IntegrityError, match="last active admin"), transaction.atomic():
        boss.delete()


@pytest.mark.django_db
def test_a_disabled_admin_does_not_count():
    boss = make_staff()
    User.objects.filter(pk=another_admin().pk).update(is_active=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=boss.pk).update(is_active=False)


@pytest.mark.django_db
def test_one_of_two_admins_may_go():
    boss, second = make_staff(), another_admin()
    second.delete()
    assert User.objects.get() == boss


@pytest.mark.django_db
def test_other_people_come_and_go():
    make_staff()
    learner = User.objects.create_user("learner@example.org", "pw")
    User.objects.filter(pk=learner.pk).update(is_active=False)
    learner.delete()
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_admin_says_why_in_a_sentence_and_keeps_what_was_typed():
    boss = make_staff()
    page = f"/admin/accounts/user/{boss.pk}/change/"
    response = signed_in(boss).post(page, {"role": "", "is_active": "on"})
    assert response.status_code == 200
    assert "the last active admin" in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_admins_disabled_at_the_same_moment_leave_one():
    admins = [make_staff(second_factor=False), another_admin()]
    ready = Barrier(2)

    def disable(user):
        try:
            with transaction.atomic():
                ready.wait(10)
                User.objects.filter(pk=user.pk).update(is_active=False)
        except IntegrityError:
            return "refused"
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(disable, admins)) == ["done", "refused"]
