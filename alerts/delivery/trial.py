"""A test alert: shows a learner that our mail reaches them, and what it says of their search."""

import uuid
from datetime import timedelta

from django.conf import settings

from accounts.learners import read_learner
from accounts.limits.requests import RateLimit
from accounts.mail.headers import message_id
from accounts.mail.results import Accepted
from accounts.mail.smtp import Mail, mailer, seal
from accounts.models import SavedSearch
from alerts import wording
from alerts.config import TEST_ALERTS_PER_HOUR
from alerts.delivery.trial_push import send_trial_pushes
from alerts.messages import links
from alerts.messages.rendering import render
from alerts.models import PushSubscription
from audit.clock import database_today
from audit.trail import record

TRIAL_LIMIT = RateLimit("test-alert", TEST_ALERTS_PER_HOUR, window=timedelta(hours=1))
SECONDS = 10.0
TOO_MANY_TRIALS = "You have had several test alerts. Try again in an hour."


def send_trial(*, search: SavedSearch) -> str:
    """Tell a stored search's learner at once, as an alert would: where it went, "" for nowhere.

    As with an alert, what no device is reached by goes by email.
    """
    reached = _pushed(search) or _mailed(search)
    record("search.test_alert", actor=search.user, subject=search, sent=bool(reached))
    return reached


def _pushed(search: SavedSearch) -> str:
    if search.notification_method != SavedSearch.Method.PUSH:
        return ""
    devices = PushSubscription.objects.live_of(search.user)
    sent = send_trial_pushes(devices, body=_promise(search))
    return f"{sent} of your devices" if sent else ""


def _mailed(search: SavedSearch) -> str:
    result = mailer().send(seal(compose_trial(search)), seconds=SECONDS)
    return search.user.email if isinstance(result, Accepted) else ""


def _promise(search: SavedSearch) -> str:
    learner = read_learner(search.user, today=database_today())
    return wording.promise_of(search, learner).sentence


def compose_trial(search: SavedSearch) -> Mail:
    """A message in the form of a real one, about no slot."""
    unsubscribe = links.unsubscribe_url(user_id=search.user_id, search_ids=[search.pk])
    context = {
        "promise": _promise(search),
        "url": links.search_url(search.pk),
        "unsubscribe_url": unsubscribe,
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
    }
    return Mail(
        to=search.user.email,
        subject=f"Test alert from {settings.SITE_NAME}",
        text=render("trial.txt", context),
        html=render("trial.html", context),
        message_id=message_id(uuid.uuid4()),
        headers={
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
