"""The marks of a rule that took every 5xx for the address's fault: which a migration lifts."""

from importlib import import_module

import pytest
from django.db import connection

from accounts.mail.refusals import Fault, Phase
from accounts.models import MailRefusal
from tests.accounts.mail.test_refusals import TABLE
from tests.alerts.world import make_user

pytestmark = pytest.mark.django_db

LIFT = import_module("alerts.migrations.0015_whose_fault_a_refusal_is").LIFT
# What the old rule marked: 5xx at RCPT.
MARKS = [
    (answer, fault == Fault.ADDRESS)
    for phase, answer, fault in TABLE
    if phase == Phase.RCPT and answer.startswith("5")
]
OTHER_WORDS = [("reported as bouncing", True), ("5.1.1 unknown", True), ("", True)]


@pytest.mark.parametrize(("reason", "stays"), [*MARKS, *OTHER_WORDS])
def test_a_mark_is_lifted_where_its_words_say_so(reason, stays):
    user = make_user()
    MailRefusal.objects.create(user=user, address=user.email, reason=reason)
    with connection.cursor() as cursor:
        cursor.execute(LIFT)
    assert MailRefusal.objects.exists() == stays
