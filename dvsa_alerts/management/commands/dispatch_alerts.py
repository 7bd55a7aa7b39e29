"""`dispatch_alerts`: make and send the messages that are due, without Celery."""

from dataclasses import asdict
from typing import Any

from accounts.mail.send import send_outbox
from accounts.staff_alarms import mail_alarms
from alerts.channels import CHANNELS, QUEUES
from alerts.delivery.deliver import deliver
from alerts.delivery.send import Tally
from dvsa_alerts.management.looping import LoopingCommand

EXAMPLE = """examples:
  manage.py dispatch_alerts
  manage.py dispatch_alerts --loop
"""
# Long enough for a backlog of a day; cron's next run goes on where this one stops.
SECONDS = 3600.0


class Command(LoopingCommand):
    """Send what is due."""

    help = (
        "Makes messages of waiting alerts and sends those that are due, by email and push; sends "
        "codes and other mail about accounts and searches, and mails staff what they have to be "
        "told."
    )
    example = EXAMPLE
    queues = QUEUES

    def work(self) -> tuple[dict[str, Any], str, bool]:
        """One round of all channels, and of the outbox."""
        mail_alarms()
        send_outbox(seconds=SECONDS)
        done = Tally()
        for channel in CHANNELS:
            done += deliver(channel.name, seconds=SECONDS)
        said = f"{done.accepted} of {done.taken_up} messages taken up were accepted."
        return asdict(done), said, bool(done.taken_up)
