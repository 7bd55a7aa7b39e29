"""Who gets into the admin site, and for how long."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.models import Role, User
from tests.staff import TOTP_SECRET, make_staff, signed_in, totp_code

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
def test_a_session_that_is_too_old_ends_with_one_press(seconds_ago):
    client = signed_in(make_staff(), seconds_ago=seconds_ago)
    response = client.get(INDEX, follow=True)
    assert response.status_code == 403
    found = re.search(r'name="next" value="([^"]+)"', response.content.decode())
    assert found
    after = client.post("/accounts/logout/", {"next": unescape(found[1])})
    assert after.url == "/accounts/login/?next=/admin/"
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("address", ["/admin/login/", INDEX])
def test_nobody_is_signed_out_by_a_page_they_are_led_to(address):
    client = signed_in(make_staff(), seconds_ago=60 * 60)
    client.get(address, follow=True)
    assert "_auth_user_id" in client.session


def test_a_session_that_gave_only_a_password_is_asked_for_the_second_factor():
    client = signed_in(make_staff(), second_factor=False, reauthenticated=False)
    response = client.get(INDEX, follow=True)
    assert response.redirect_chain[-1][0] == "/accounts/2fa/reauthenticate/?next=%2Fadmin%2F"
    answer = client.post("/accounts/2fa/reauthenticate/", {"code": totp_code(TOTP_SECRET)})
    assert answer.status_code == 302
    assert client.get(INDEX).status_code == 200


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


def page_of(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def test_roles_people_and_settings_ask_again_who_it_is():
    boss = make_staff()
    client = signed_in(boss, reauthenticated=False)
    setting = reverse("admin:audit_systemconfig_set", args=["alerts.max_searches"])
    for page in (page_of(boss), page_of(boss.role), setting):
        assert client.get(page).url.startswith("/accounts/2fa/reauthenticate/"), page


def test_actions_on_people_ask_again_who_it_is():
    client = signed_in(make_staff(), reauthenticated=False)
    people = reverse("admin:accounts_user_changelist")
    assert client.post(people, {"action": "x"}).url.startswith("/accounts/2fa/reauthenticate/")
    assert client.get(people).status_code == 200


def test_what_is_neither_read_nor_posted_reaches_no_page():
    assert signed_in(make_staff()).delete(INDEX).status_code == 405


def test_staff_change_their_password_where_everybody_does():
    assert (
        signed_in(make_staff()).get("/admin/password_change/").url == "/accounts/password/change/"
    )


@pytest.mark.parametrize("model", list(admin.site._registry), ids=str)
def test_an_auditor_sees_every_list_and_changes_nothing(model):
    client = signed_in(make_staff("auditor"))
    opts = model._meta
    listed = client.get(reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist"))
    added = client.get(reverse(f"admin:{opts.app_label}_{opts.model_name}_add"))
    assert (listed.status_code, added.status_code) == (200, 403)
