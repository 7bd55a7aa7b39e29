"""Changing what people may, and stopping them."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, transaction

from accounts import staffing
from accounts.models import Role, User
from accounts.sessions import end_sessions
from accounts.staffing import LastAdmin
from audit.models import AuditLog
from tests.people import PASSWORD, learner
from tests.staff import make_staff


@pytest.fixture
def ada(db):
    return learner()


def role(name):
    return Role.objects.get(role_name=name)


def recorded(action):
    return json.loads(AuditLog.objects.get(action=action).details)


def signed_in_page(client):
    client.post("/accounts/login/", {"login": "ada@example.org", "password": PASSWORD})
    client.get("/searches/")
    return client


def test_a_changed_role_is_recorded_with_the_old_and_the_new_one(ada):
    assert staffing.change_role(user=ada, role=role("auditor"), actor=None)
    assert recorded("user.role_changed") == {"role": ["user", "auditor"]}
    assert not staffing.change_role(user=ada, role=role("auditor"), actor=None)


def test_a_disabled_users_sessions_end(ada, client):
    page = signed_in_page(client)
    assert page.get("/searches/").status_code == 200
    staffing.disable_user(user=ada, actor=None)
    assert page.get("/searches/").status_code == 302
    assert not Session.objects.filter(pk=page.session.session_key).exists()
    assert recorded("user.disabled") == {"sessions": 1}


def test_an_enabled_user_signs_in_again(ada, client):
    staffing.disable_user(user=ada, actor=None)
    staffing.enable_user(user=ada, actor=None)
    assert signed_in_page(client).get("/searches/").status_code == 200


def test_ended_sessions_leave_the_user_active(ada, client):
    page = signed_in_page(client)
    assert end_sessions(user=ada, actor=None) == 1
    assert page.get("/searches/").status_code == 302
    assert signed_in_page(client).get("/searches/").status_code == 200


def test_a_default_role_is_neither_renamed_nor_deleted(ada):
    for change in (
        lambda: Role.objects.filter(role_name="admin").update(role_name="boss"),
        lambda: Role.objects.filter(role_name="auditor").delete(),
    ):
        with pytest.raises(IntegrityError, match="stays"), transaction.atomic():
            change()


def test_a_role_of_ones_own_may_be_renamed(ada):
    Role.objects.create(role_name="helper")
    Role.objects.filter(role_name="helper").update(role_name="assistant")
    assert Role.objects.filter(role_name="assistant").exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_requests_that_disable_the_last_two_admins_one_is_refused():
    second = User.objects.create_user("second@example.org", "pw", role=role("admin"))
    admins = [make_staff(second_factor=False), second]
    ready = Barrier(2)

    def disable(user):
        ready.wait(10)
        try:
            return staffing.disable_user(user=user, actor=None)
        except LastAdmin:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert set(pool.map(disable, admins)) == {True, "refused"}
