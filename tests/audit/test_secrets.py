"""What the log never holds, whatever is done: passwords, tokens, endpoints, addresses."""

import pytest
from django.db import connection

from alerts.models import PushSubscription
from alerts.push_subscriptions import unsubscribe
from slots.models import Source
from slots.tokens import make_token
from tests.outbox import outbox
from tests.people import PASSWORD, learner

pytestmark = pytest.mark.django_db
ENDPOINT = "https://fcm.googleapis.com/very-secret-endpoint"
NEW_PASSWORD = "quiet otters swim 9"


def log_text() -> str:
    """Every column of every entry, as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(entry::text, E'\\n') FROM auditlogs entry")
        return cursor.fetchone()[0]


def test_nothing_secret_that_passes_through_stays_in_the_log(client):
    ada = learner()
    sign_in = {"login": "ada@example.org", "password": PASSWORD}
    client.post("/accounts/login/", sign_in | {"password": "wrong-guess-7"})
    client.post("/accounts/login/", sign_in)
    form = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD}
    client.post("/accounts/password/change/", form)
    client.post("/account/data/")
    device = PushSubscription.objects.create(
        user=ada, endpoint=ENDPOINT, p256dh="their-public-key", auth="their-auth-secret"
    )
    unsubscribe(subscription=device, actor=ada)
    _, token = make_token(source=Source.objects.create(name="feed"), label=None, actor=ada)
    client.post("/accounts/password/reset/", {"email": "ada@example.org"})
    log = log_text()
    assert "user.password_changed" in log
    assert "token.made" in log
    assert "push.ended" in log
    secrets = [
        PASSWORD, NEW_PASSWORD, "wrong-guess-7", ENDPOINT, "their-public-key",
        "their-auth-secret", token, "ada@example.org", client.session.session_key,
        *(message.text for message in outbox()),
    ]  # fmt: skip
    assert [each for each in secrets if each in log] == []
