"""Why something was not sent is a code in the database and words on pages."""

from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction

from alerts.models import UnsentReason, UserAlert
from tests.alerts.waiting import fetch, make_waiting

pytestmark = pytest.mark.django_db
sentences = import_module("alerts.migrations.0018_sentences_become_codes")
# Releases that wrote sentences knew nothing of these.
LATER = {
    UnsentReason.NOT_BOOKABLE,
    UnsentReason.COMPANION_ENDED,
    UnsentReason.WEBHOOK_ENDED,
}


def end(alert: UserAlert, reason: str) -> None:
    """Let it have ended for a reason."""
    UserAlert.objects.filter(pk=alert.pk).update(state="suppressed", state_reason=reason)


def rewrite(*, old: str, new: str) -> None:
    """What the migration does there, or back."""
    with connection.cursor() as cursor:
        for statement in sentences.rewrite(old, new):
            cursor.execute(statement)


def test_a_reason_that_is_no_code_is_refused_by_the_database():
    alert = make_waiting()
    with pytest.raises(IntegrityError, match="alert_reason"), transaction.atomic():
        end(alert, "no_such_code")


@pytest.mark.parametrize("reason", sorted(set(UnsentReason) - LATER))
def test_each_sentence_of_an_earlier_release_becomes_its_code_and_back(reason):
    alert = make_waiting()
    end(alert, reason)
    rewrite(old="code", new="sentence")
    assert " " in fetch(alert).state_reason
    rewrite(old="sentence", new="code")
    assert fetch(alert).state_reason == reason


def test_a_reason_is_told_in_words():
    alert = make_waiting()
    end(alert, UnsentReason.SEARCH_PAUSED)
    assert fetch(alert).get_state_reason_display() == "the search was paused"
