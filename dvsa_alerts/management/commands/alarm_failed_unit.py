"""`alarm_failed_unit`: what systemd calls when a unit of ours has failed."""

import socket
from argparse import ArgumentParser
from typing import Any

from accounts.staff_alarms import raise_alarm
from audit.management.reporting import ExampleCommand

EXAMPLE = """example:
  manage.py alarm_failed_unit dvsa-alerts-nightly.service
Staff are told by mail, once an hour at most of the same unit.
"""


class Command(ExampleCommand):
    """Tell staff of a unit."""

    help = "Tells active admins and centre managers by mail that a unit of systemd's has failed."
    example = EXAMPLE

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which one."""
        parser.add_argument("unit")

    def handle(self, *args: Any, unit: str, **options: Any) -> None:
        """Raise the alarm; a worker of housekeeping mails it."""
        host = socket.gethostname()
        says = f"{unit} has failed on {host}: journalctl -o cat -u {unit} says why."
        raise_alarm(subject=f"failed:{unit}", sentence=says)
        self.stdout.write(f"Staff will be told: {says}")
