"""A test alert: shows a learner that our mail reaches them, and what it says of their search."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.template.loader import render_to_string

from accounts.models import SavedSearch
from alerts import links, wording
from alerts.channels.email import Mail, mailer, message_id, seal
from alerts.channels.outcomes import Accepted
from alerts.config import TEST_ALERTS_PER_HOUR
from slots.rate_limits import RateLimit

TRIAL_LIMIT = RateLimit("test-alert", TEST_ALERTS_PER_HOUR, window=timedelta(hours=1))
SECONDS = 10.0


def send_trial(*, search: SavedSearch) -> bool:
    """Mail a stored search's learner at once; whether the mail server took it."""
    return isinstance(mailer().send(seal(compose_trial(search)), seconds=SECONDS), Accepted)


def compose_trial(search: SavedSearch) -> Mail:
    """A message in the form of a real one, about no slot."""
    centers = [center.name for center in search.centers.all()]
    unsubscribe = links.unsubscribe_url(user_id=search.user_id, search_ids=[search.pk])
    context = {
        "promise": wording.promise(search, centers=centers),
        "url": links.search_url(search.pk),
        "unsubscribe_url": unsubscribe,
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
    }
    return Mail(
        to=search.user.email,
        subject=f"Test alert from {settings.SITE_NAME}",
        text=render_to_string("alerts/mail/trial.txt", context),
        html=render_to_string("alerts/mail/trial.html", context),
        message_id=message_id(uuid.uuid4()),
        headers={
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
