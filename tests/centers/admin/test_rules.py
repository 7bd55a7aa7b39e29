"""Staff change the rules of driving tests without a release."""

from datetime import date

import pytest
from django.test import Client

from accounts.models import Role
from audit.models import AuditLog
from centers.models import Rule
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db
ADD = "/admin/centers/rule/add/"
FORM = {
    "key": "changes", "since": "2031-07-01", "holds": "on", "value": "4",
    "source": "GOV.UK", "certainty": "high",
}  # fmt: skip


@pytest.fixture
def page() -> Client:
    return signed_in(make_staff())


def test_an_admin_adds_a_rule_from_a_day_on_and_it_is_recorded(page: Client) -> None:
    page.post(ADD, FORM)
    rule = Rule.objects.get(since=date(2031, 7, 1))
    assert (rule.key, rule.amount, rule.holds) == ("changes", "4 times", True)
    entry = AuditLog.objects.about(rule).get()
    assert entry.action == "rule.added"
    assert '"value": [null, "4"]' in str(entry.details)


def test_a_correction_is_recorded_with_old_and_new(page: Client) -> None:
    rule = Rule.objects.get(key="retake_wait")
    page.post(
        f"/admin/centers/rule/{rule.pk}/change/",
        FORM | {"key": "retake_wait", "since": "", "value": "11"},
    )
    assert '"value": ["10.00", "11"]' in str(AuditLog.objects.get(action="rule.changed").details)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"value": ""}, "Enter how many"),
        ({"value": "2.5"}, "Enter a whole number."),
        ({"value": "101"}, "Enter a number from 0 to 100."),
        ({"value": "-1"}, "Enter a number from 0 to 100."),
        ({"key": "fee", "value": "-1"}, "Enter a number from 0 to 100."),
        ({"key": "holidays"}, "This rule has no number: leave it empty."),
        ({"since": "2026-03-31"}, "This rule has an entry from that day on: change that one."),
        ({"since": "soon"}, "Enter a valid date."),
        ({"source": ""}, "This field is required."),
    ],
)
def test_what_does_not_fit_is_said_at_the_form(
    page: Client, fields: dict[str, str], said: str
) -> None:
    before = Rule.objects.count()
    assert said in page.post(ADD, FORM | fields).content.decode()
    assert Rule.objects.count() == before


def test_a_fee_may_have_pence_and_a_rule_may_be_lifted(page: Client) -> None:
    page.post(ADD, FORM | {"key": "fee", "value": "62.50"})
    page.post(ADD, FORM | {"value": "", "holds": ""})
    assert Rule.objects.filter(since=date(2031, 7, 1)).count() == 2


def test_an_auditor_reads_them_and_a_manager_does_not(page: Client) -> None:
    auditor, manager = (signed_in(make_staff(name)) for name in (Role.AUDITOR, Role.CENTER_MANAGER))
    assert "passrates.uk" in auditor.get("/admin/centers/rule/").content.decode()
    assert auditor.get(ADD).status_code == 403
    assert manager.get("/admin/centers/rule/").status_code == 403
