"""The page of settings."""

import pytest

from accounts.config import SENDING
from audit import config
from audit.models import AuditLog, SystemConfig
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db
LIST = "/admin/audit/systemconfig/"
PAGE = f"{LIST}alerts.max_searches/set/"


@pytest.fixture
def boss():
    return make_staff()


@pytest.fixture
def page(boss):
    return signed_in(boss)


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_every_declared_key_is_shown_with_its_help_bounds_and_default(page):
    shown = text(page.get(LIST))
    for key in config.registry.values():
        for part in (key.name, key.help, key.kind, key.bounds, key.default_text):
            assert part.replace("'", "&#x27;") in shown, part


def test_an_unknown_key_is_shown_as_unknown_and_kept(page):
    SystemConfig.objects.create(key="someone.elses", value="their value")
    unknown = text(page.get(LIST)).partition("Unknown settings")[2]
    assert "someone.elses" in unknown
    assert "their value" in unknown
    assert page.get(f"{LIST}someone.elses/set/").status_code == 404


def test_a_bad_value_written_by_hand_is_shown_with_what_counts_instead(page):
    SystemConfig.objects.create(key="alerts.max_searches", value="lots")
    shown = text(page.get(LIST))
    assert "“lots” is stored, and doesn’t count: This has to be a whole number from 1" in shown


def test_a_value_that_fits_is_stored_and_recorded_with_who_did_it(page, boss):
    assert page.post(PAGE, {"value": "7"}).url == LIST
    assert SystemConfig.objects.get(key="alerts.max_searches").value == "7"
    entry = AuditLog.objects.get(action="setting.changed")
    assert (entry.user, entry.subject_type) == (boss, "audit.systemconfig")


def test_a_value_that_does_not_fit_is_refused_beside_its_field(page):
    shown = text(page.post(PAGE, {"value": "1001"}))
    assert "This has to be a whole number from 1 to 1000." in shown
    assert 'value="1001"' in shown
    assert not SystemConfig.objects.exists()


def test_a_switch_is_chosen_from_on_and_off(page):
    shown = text(page.get(f"{LIST}alerts.sending/set/"))
    assert 'type="radio"' in shown
    page.post(f"{LIST}alerts.sending/set/", {"value": "false"})
    config.forget_cached()
    assert SENDING.value() is False


def test_the_default_is_one_button_away(page):
    page.post(PAGE, {"value": "7"})
    page.post(PAGE, {"default": "Go back to the default", "value": "rubbish"})
    assert SystemConfig.objects.get(key="alerts.max_searches").value is None


def test_an_auditor_reads_settings_and_changes_none():
    page = signed_in(make_staff("auditor"))
    assert "/set/" not in text(page.get(LIST))
    assert page.get(PAGE).status_code == 403
    assert page.post(PAGE, {"value": "7"}).status_code == 403
