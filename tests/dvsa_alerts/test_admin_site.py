"""Who gets into the admin site, and for how long."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from audit.models import AuditLog, SystemConfig
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db
INDEX = "/admin/"
STAFF_ROLES = ["center_manager", "auditor", "admin"]


def test_nobody_is_sent_to_sign_in():
    response = Client().get(INDEX, follow=True)
    assert response.redirect_chain[-1][0].startswith("/accounts/login/?next=")


def test_a_learner_is_refused():
    learner = User.objects.create_user("learner@example.org", "pw")
    client = signed_in(learner)
    assert client.get(INDEX, follow=True).status_code == 403


@pytest.mark.parametrize("role_name", STAFF_ROLES)
def test_staff_with_a_second_factor_come_in(role_name):
    assert signed_in(make_staff(role_name)).get(INDEX).status_code == 200


@pytest.mark.parametrize("role_name", STAFF_ROLES)
def test_staff_without_a_second_factor_are_sent_to_enrol_one(role_name):
    client = signed_in(make_staff(role_name, second_factor=False))
    response = client.get(INDEX, follow=True)
    assert reverse("mfa_activate_totp") in response.redirect_chain[1][0]


@pytest.mark.parametrize("seconds_ago", [30 * 60 + 1, 12 * 60 * 60 + 1])
def test_a_session_that_is_too_old_ends(seconds_ago):
    client = signed_in(make_staff(), seconds_ago=seconds_ago)
    response = client.get(INDEX, follow=True)
    assert response.redirect_chain[-1][0].startswith("/accounts/login/")
    assert "_auth_user_id" not in client.session


def test_work_keeps_a_session_but_no_longer_than_twelve_hours(time_machine):
    start, client = datetime.now(UTC), signed_in(make_staff())
    for minutes in range(25, 12 * 60, 25):
        time_machine.move_to(start + timedelta(minutes=minutes), tick=False)
        assert client.get(INDEX).status_code == 200, minutes
    time_machine.move_to(start + timedelta(hours=12, minutes=1), tick=False)
    assert client.get(INDEX).status_code == 302


def test_a_disabled_person_is_out_at_the_next_request():
    make_staff()
    person = make_staff("center_manager")
    client = signed_in(person)
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert client.get(INDEX).status_code == 302


def test_a_changed_role_counts_at_the_next_request():
    make_staff()
    manager = make_staff("center_manager")
    client = signed_in(manager)
    User.objects.filter(pk=manager.pk).update(role=Role.objects.get(role_name="user"))
    assert client.get(INDEX, follow=True).status_code == 403


@pytest.mark.parametrize("name", ["user", "role", "systemconfig"])
def test_roles_people_and_settings_ask_for_the_password_again(name):
    SystemConfig.objects.create(key="x", value="1")
    client = signed_in(make_staff(), reauthenticated=False)
    model = next(model for model in admin.site._registry if model._meta.model_name == name)
    page = reverse(f"admin:{model._meta.app_label}_{name}_change", args=[model.objects.first().pk])
    assert client.get(page).url.startswith(reverse("account_reauthenticate"))


@pytest.mark.parametrize("model", list(admin.site._registry), ids=str)
def test_an_auditor_sees_every_list_and_changes_nothing(model):
    client = signed_in(make_staff("auditor"))
    opts = model._meta
    listed = client.get(reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist"))
    added = client.get(reverse(f"admin:{opts.app_label}_{opts.model_name}_add"))
    assert (listed.status_code, added.status_code) == (200, 403)


def test_a_setting_that_fits_is_saved_and_recorded_with_old_and_new():
    client = signed_in(make_staff())
    row = SystemConfig.objects.create(key="free.text", value="old")
    page = reverse("admin:audit_systemconfig_change", args=[row.pk])
    client.post(page, {"key": "free.text", "value": "new"})
    row.refresh_from_db()
    assert row.value == "new"
    entry = AuditLog.objects.get(action="systemconfig.changed")
    assert '"value": ["old", "new"]' in entry.details


def test_a_disabled_users_change_is_recorded_with_who_did_it():
    boss, learner = make_staff(), User.objects.create_user("learner@example.org", "pw")
    page = reverse("admin:accounts_user_change", args=[learner.pk])
    signed_in(boss).post(page, {"role": "", "is_active": ""})
    learner.refresh_from_db()
    assert not learner.is_active
    entry = AuditLog.objects.get(action="user.changed")
    assert (entry.user, entry.subject_id) == (boss, str(learner.pk))


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_an_exported_entry_is_never_a_formula(cell):
    client = signed_in(make_staff())
    entry = AuditLog.objects.create(action=cell)
    chosen = {"action": "export", "_selected_action": [entry.pk]}
    body = client.post(reverse("admin:audit_auditlog_changelist"), chosen).content.decode()
    assert f"'{cell}" in body
