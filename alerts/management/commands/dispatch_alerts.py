"""`dispatch_alerts`: make and send the messages that are due, without Celery."""

import json
import time
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.db import close_old_connections
from django.utils import timezone

from accounts.staff_alarms import mail_alarms
from alerts.delivery.dispatch import Dispatched
from alerts.delivery.rounds import send_round
from alerts.models import Delivery
from alerts.searches.ending_mails import send_ending_mails
from alerts.searches.passed import end_passed_searches
from audit.management.reporting import JsonCommand
from slots import concerns

EXAMPLE = """examples:
  manage.py dispatch_alerts
  manage.py dispatch_alerts --loop
"""
# Long enough for a backlog of a day; cron's next run goes on where this one stops.
SECONDS = 3600.0
PAUSE_SECONDS = 1.0


class Command(JsonCommand):
    """Send what is due."""

    help = (
        "Makes messages of waiting alerts and sends those that are due, by e-mail and push; mails "
        "staff what they have to be told."
    )
    example = EXAMPLE

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Once, or until stopped."""
        super().add_arguments(parser)
        parser.add_argument("--loop", action="store_true", help="go on until stopped")

    def handle(self, *args: Any, **options: Any) -> None:
        """One round of both channels; with --loop, one after another."""
        end_passed_searches()
        self._report(self._round(), options, always=True)
        while options["loop"]:
            time.sleep(PAUSE_SECONDS)
            close_old_connections()
            self._report(self._round(), options, always=False)

    def _round(self) -> Dispatched:
        send_ending_mails(seconds=SECONDS)
        done = Dispatched()
        for channel in (Delivery.Channel.PUSH, Delivery.Channel.EMAIL):
            done += send_round(channel, seconds=SECONDS)
        concerns.notice_silence(timezone.now())
        mail_alarms()
        return done

    def _report(self, done: Dispatched, options: dict[str, Any], *, always: bool) -> None:
        if options["json"]:
            said = json.dumps(asdict(done))
        else:
            said = f"{done.accepted} of {done.taken_up} messages taken up were accepted."
        if always or done.taken_up:
            self.stdout.write(said)
            self.stdout.flush()
