"""The tasks of matching and sending: each calls one function and holds no rule.

Each works until nothing is due or its time is up. A lost one costs nothing: beat sends the next.
"""

from celery import shared_task

from alerts.canary import watch
from alerts.hints import hint_sending
from alerts.matching import match_openings
from alerts.rounds import send_round

# Well within a task's time limit; what is left then is the next task's.
SECONDS = 20.0


@shared_task
def match() -> None:
    """Match what has opened, and look in when the first messages are due."""
    matched = match_openings()
    if matched.alerts or matched.revived:
        hint_sending()


@shared_task
def send_email() -> None:
    """Send the e-mails that are due."""
    send_round("email", seconds=SECONDS)


@shared_task
def send_push() -> None:
    """Send the pushes that are due."""
    send_round("push", seconds=SECONDS)


@shared_task
def verify_sample() -> None:
    """Verify the alerts of some of the last openings; an error in the log names what is wrong."""
    watch()
