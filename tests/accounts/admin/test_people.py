"""What staff do for and against people in admin."""

import pytest

from accounts.admin import people
from accounts.models import Role, User
from audit.models import AuditLog
from tests.outbox import outbox
from tests.people import learner
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db
LIST = "/admin/accounts/user/"


@pytest.fixture
def boss():
    return make_staff()


@pytest.fixture
def ada():
    return learner()


@pytest.fixture
def page(boss):
    return signed_in(boss)


def act(page, action, *users):
    form = {"action": action, "_selected_action": [user.pk for user in users]}
    return page.post(LIST, form, follow=True).content.decode()


def test_a_role_is_given_and_recorded_with_who_gave_it(page, boss, ada):
    role = Role.objects.get(role_name="auditor")
    page.post(f"{LIST}{ada.pk}/change/", {"role": role.pk, "is_active": "on"})
    ada.refresh_from_db()
    assert ada.role == role
    entry = AuditLog.objects.get(action="user.role_changed")
    assert (entry.user, entry.subject_id) == (boss, str(ada.pk))


def test_no_password_is_shown_or_taken(page, ada):
    before = ada.password
    address = f"{LIST}{ada.pk}/change/"
    body = page.get(address).content.decode()
    assert "password_hash" not in body
    assert before not in body
    page.post(address, {"role": "", "is_active": "on", "password": "x", "password_hash": "x"})
    ada.refresh_from_db()
    assert ada.password == before


def test_people_are_disabled_and_enabled_from_the_list(page, ada):
    assert "Disabled: ada@example.org." in act(page, "disable", ada)
    assert not User.objects.get(pk=ada.pk).is_active
    assert "Enabled: ada@example.org." in act(page, "enable", ada)
    assert User.objects.get(pk=ada.pk).is_active


def test_the_last_admin_is_not_disabled_from_the_list(page, boss):
    assert "the last active admin" in act(page, "disable", boss)
    assert User.objects.get(pk=boss.pk).is_active


def test_more_people_than_anybody_looked_at_are_left_alone(page, boss, ada, monkeypatch):
    monkeypatch.setattr(people, "MOST_CHOSEN", 1)
    assert "Nothing was changed" in act(page, "disable", boss, ada)
    assert User.objects.get(pk=ada.pk).is_active


def test_a_link_to_choose_a_new_password_goes_to_the_person_alone(page, ada):
    act(page, "send_reset", ada)
    assert outbox()[-1].to == "ada@example.org"
    assert "/accounts/password/reset/key/" in outbox()[-1].text
    assert AuditLog.objects.filter(action="user.reset_sent").exists()


def test_a_disabled_person_is_sent_no_link(page, ada):
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert "Not sent a link" in act(page, "send_reset", ada)
    assert not outbox()


def test_the_buttons_of_a_persons_page_lead_back_to_it(page, ada):
    form = {"action": "end_sessions", "_selected_action": [ada.pk], "one": "1"}
    assert page.post(LIST, form).url == f"{LIST}{ada.pk}/change/"


@pytest.mark.parametrize(
    ("term", "found"), [("ADA@EX", True), ("da@", True), ("eve", False), ("ad", False)]
)
def test_people_are_found_by_three_characters_of_their_address(page, ada, term, found):
    shown = page.get(LIST, {"q": term}).context["cl"].result_list
    assert (ada in shown) is found


def test_people_are_found_by_their_number(page, ada):
    assert list(page.get(LIST, {"q": str(ada.pk)}).context["cl"].result_list) == [ada]


def test_roles_say_who_has_them_and_what_they_may(page, boss):
    body = page.get("/admin/accounts/role/").content.decode()
    assert ">1 person<" in body
    assert "test centre: add, change, delete, see" in body
    assert "session: see" not in body


def test_what_the_admin_role_may_is_not_for_anybody_to_change(page):
    admin = Role.objects.get(role_name="admin")
    page.post(f"/admin/accounts/role/{admin.pk}/change/", {"description": "x", "permissions": []})
    assert admin.permissions.filter(codename="change_user").exists()


def test_a_changed_permission_is_recorded_with_old_and_new(page):
    role = Role.objects.get(role_name="center_manager")
    kept = role.permissions.get(codename="view_center")
    page.post(
        f"/admin/accounts/role/{role.pk}/change/", {"description": "x", "permissions": [kept.pk]}
    )
    assert list(role.permissions.all()) == [kept]
    entry = AuditLog.objects.get(action="role.changed")
    assert "Can change slot" in entry.details
