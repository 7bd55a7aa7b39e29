"""Permissions come from the role alone."""

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType

from accounts.models import Role, User
from accounts.roles import keep_default_roles

pytestmark = pytest.mark.django_db


def person(role_name=None, **fields):
    role = Role.objects.get(role_name=role_name) if role_name else None
    return User.objects.create_user(f"{role_name}@example.org", "pw", role=role, **fields)


@pytest.mark.parametrize(
    ("role_name", "permission", "granted"),
    [
        (None, "centers.view_center", False),
        ("user", "centers.view_center", False),
        ("center_manager", "centers.change_center", True),
        ("center_manager", "slots.add_slot", True),
        ("center_manager", "slots.view_feedbatch", True),
        ("center_manager", "slots.change_source", False),
        ("center_manager", "accounts.view_user", False),
        ("center_manager", "audit.view_auditlog", False),
        ("auditor", "audit.view_auditlog", True),
        ("auditor", "accounts.view_user", True),
        ("auditor", "centers.change_center", False),
        ("admin", "accounts.change_role", True),
        ("admin", "audit.change_systemconfig", True),
    ],
)
def test_a_role_grants_what_its_job_needs(role_name, permission, granted):
    assert person(role_name).has_perm(permission) is granted


@pytest.mark.parametrize(
    ("role_name", "is_staff"),
    [(None, False), ("user", False), ("center_manager", True), ("auditor", True), ("admin", True)],
)
def test_admin_is_open_to_the_roles_that_work_there(role_name, is_staff):
    assert person(role_name).is_staff is is_staff


def test_a_disabled_admin_may_do_nothing():
    admin = person("admin", is_active=False)
    assert not admin.is_staff
    assert not admin.has_perm("centers.view_center")


def test_nobody_is_a_superuser():
    assert not person("admin").is_superuser


def test_what_an_admin_took_from_a_role_stays_taken():
    role = Role.objects.get(role_name="auditor")
    role.permissions.clear()
    keep_default_roles()
    assert not role.permissions.exists()


def test_a_role_that_an_admin_gave_more_keeps_it():
    role = Role.objects.get(role_name="user")
    role.permissions.add(Permission.objects.get(codename="view_center"))
    keep_default_roles()
    assert person("user").has_perm("centers.view_center")


def test_a_permission_that_a_new_version_brings_goes_to_whom_it_suits():
    kind = ContentType.objects.get(app_label="centers", model="center")
    Permission.objects.create(content_type=kind, codename="view_opinion", name="x")
    keep_default_roles()
    assert person("auditor").has_perm("centers.view_opinion")
    assert not person("center_manager").has_perm("centers.view_opinion")


def test_a_person_signs_in_by_email_ignoring_case(rf):
    user = person("user")
    request = rf.post("/accounts/login/")
    assert authenticate(request, email="USER@example.org", password="pw") == user
    assert authenticate(request, email="user@example.org", password="no") is None
