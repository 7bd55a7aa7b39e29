"""A test message: shows a learner that their webhook is reached, and that it reads signatures."""

from accounts.mail.results import Accepted, Never
from alerts.channels.webhook import MOST_SECONDS, webhook_sender
from alerts.messages.webhooks import compose_test
from alerts.models import Webhook
from alerts.webhooks import note_accepted, note_failure


def send_trial_message(webhook: Webhook) -> str:
    """Post to it at once; why it was not accepted, "" where it was.

    What it answers counts as with a real alert.
    """
    result = webhook_sender().send(compose_test(webhook), seconds=MOST_SECONDS)
    if isinstance(result, Accepted):
        note_accepted(webhook.pk)
        return ""
    is_gone = isinstance(result, Never) and result.target_gone
    note_failure(webhook.pk, is_gone=is_gone)
    return result.error
