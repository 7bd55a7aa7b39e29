"""The audit log's page: found by who, what, about what and when, and taken along as CSV."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from audit.admin_filters import distinct_values
from audit.models import AuditLog
from audit.trail import record
from tests import databases
from tests.people import learner
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db
LIST = "/admin/audit/auditlog/"


@pytest.fixture
def page():
    return signed_in(make_staff("auditor"))


def shown(page, **query) -> list[str]:
    """The actions of the entries that the list shows."""
    found = page.get(LIST, query).context["cl"].result_list
    return [entry.action for entry in found]


def entry_of(moment, action):
    databases.date_entry(record(action, actor=None, subject=None), moment)


def test_entries_are_found_by_who_did_it_in_whatever_case(page):
    ada = learner()
    record("ada.did", actor=ada, subject=None)
    record("nobody.did", actor=None, subject=None)
    assert shown(page, q="ADA@example.org") == ["ada.did"]
    assert shown(page, q="eve@example.org") == []


def test_entries_are_found_by_what_they_are_about(page):
    ada = learner()
    record("ada.changed", actor=None, subject=ada)
    record("other.changed", actor=None, subject=None)
    assert shown(page, q=f"accounts.user {ada.pk}") == ["ada.changed"]
    assert shown(page, subject_type="accounts.user") == ["ada.changed"]


def test_entries_are_found_by_what_was_done(page):
    record("a.done", actor=None, subject=None)
    record("b.done", actor=None, subject=None)
    assert shown(page, action="a.done") == ["a.done"]
    assert shown(page, q="b.done") == ["b.done"]


@pytest.mark.django_db(transaction=True)
def test_entries_are_found_from_one_day_until_another_both_included(page):
    today = timezone.localdate()
    for days in range(4):
        entry_of(timezone.now() - timedelta(days=days), f"days.{days}")
    query = {"from": today - timedelta(days=2), "until": today - timedelta(days=1)}
    assert sorted(shown(page, **query)) == ["days.1", "days.2"]


@pytest.mark.parametrize("day", ["", "yesterday", "2026-02-30", "9999-99-99"])
def test_what_is_no_day_filters_nothing(page, day):
    record("a.done", actor=None, subject=None)
    assert shown(page, **{"from": day}) == ["a.done"]


def test_a_filter_by_day_keeps_the_others(page):
    body = page.get(LIST, {"action": "a.done", "from": "2026-01-01"}).content.decode()
    assert '<input type="hidden" name="action" value="a.done">' in body


def test_the_values_to_choose_from_are_those_that_there_are():
    for action in ("b", "a", "b", "c"):
        record(action, actor=None, subject=None)
    assert distinct_values(AuditLog, "action") == ["a", "b", "c"]


def test_old_and_new_values_are_shown_as_a_step(page):
    record("thing.changed", actor=None, subject=None, changes={"name": ["Old", "New"]})
    assert "name: Old → New" in page.get(LIST).content.decode()


def export(page, *entries) -> list[list[str]]:
    chosen = {"action": "export", "_selected_action": [entry.pk for entry in entries]}
    body = page.post(LIST, chosen).getvalue().decode()
    return list(csv.reader(io.StringIO(body)))


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=1","=2'])
def test_an_exported_cell_is_never_a_formula(page, cell):
    header, row = export(page, AuditLog.objects.create(action=cell))
    assert row[header.index("action")] == f"'{cell}"


def test_an_export_is_itself_recorded(page):
    entry = AuditLog.objects.create(action="x")
    export(page, entry)
    assert AuditLog.objects.get(action="auditlog.exported").details == '{"entries": 1}'


def test_nobody_changes_an_entry_by_its_page(page):
    entry = AuditLog.objects.create(action="x")
    assert page.post(f"{LIST}{entry.pk}/change/", {"action": "y"}).status_code == 403
    with connection.cursor() as cursor:
        cursor.execute("SELECT action FROM auditlogs WHERE log_id = %s", [entry.pk])
        assert cursor.fetchone() == ("x",)
