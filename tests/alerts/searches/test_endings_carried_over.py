"""Mails about ended searches that were under way when the outbox took them over, and back."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.utils import timezone

from accounts.mail.send import send_outbox
from accounts.models import OutboxMail
from alerts.models import SearchEnding
from tests.alerts.world import make_search

pytestmark = pytest.mark.django_db

MIGRATION = import_module("alerts.migrations.0034_mails_about_endings_under_way")


def run(statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statements)


@pytest.fixture
def old_ending() -> SearchEnding:
    """As the release before wrote it."""
    search = make_search(date_to=timezone.localdate() - timedelta(days=1), is_active=False)
    ending = SearchEnding.objects.create(
        user=search.user, search=search, tells_until=search.date_to
    )
    run("UPDATE alerts_searchending SET state = 'pending', attempts = 3")
    return ending


def old_states() -> list[tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT state, attempts FROM alerts_searchending ORDER BY id")
        return cursor.fetchall()


def test_one_that_waits_is_sent_by_the_outbox_and_no_more_by_the_release_before(sink, old_ending):
    run(MIGRATION.OVER)
    old_ending.refresh_from_db()
    assert (old_ending.mail.kind, old_ending.mail.attempts) == ("search_ended", 3)
    assert old_states() == [("suppressed", 3)]
    assert send_outbox(seconds=5) == 1


def test_one_that_was_being_sent_is_in_doubt_and_taken_up_after_its_lease(sink, old_ending):
    run(
        "UPDATE alerts_searchending SET state = 'sending', token = gen_random_uuid(),"
        " next_attempt_at = now() + interval '60 s'"
    )
    run(MIGRATION.OVER)
    assert (send_outbox(seconds=5), OutboxMail.objects.get().in_doubt) == (0, 1)


def test_one_that_has_been_sent_stays_as_it_is(sink, old_ending):
    run("UPDATE alerts_searchending SET state = 'accepted', accepted_at = now()")
    run(MIGRATION.OVER)
    assert not OutboxMail.objects.exists()
    assert old_states() == [("accepted", 3)]


def test_the_release_before_takes_up_what_waits_when_it_comes_back(old_ending):
    run(MIGRATION.OVER)
    run(MIGRATION.BACK)
    assert not OutboxMail.objects.exists()
    assert old_states() == [("pending", 3)]


def test_the_release_before_takes_up_nothing_that_is_noted_meanwhile(old_ending):
    SearchEnding.objects.all().delete()
    search = old_ending.search
    SearchEnding.objects.create(user=search.user, search=search, tells_until=search.date_to)
    assert old_states() == [("suppressed", 0)]
