"""`check_settings`: every variable of the environment read, and the servers it names asked."""

import sys
from dataclasses import asdict
from typing import Any

from django.conf import settings

from audit.management.reporting import JsonCommand
from dvsa_alerts.operations.trying_settings import try_all

EXAMPLE = """examples:
  manage.py check_settings
  manage.py check_settings --json
Exit 0: all are right. 1: a line for each that is not, with what is wrong.
Nothing is sent or written.
"""


class Command(JsonCommand):
    """Try every setting."""

    help = "Reads every variable of the environment, and asks the servers and folders it names."
    example = EXAMPLE
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what came of each; what can't be read at all has ended the command before."""
        tried = try_all(settings.ENVIRONMENT)
        is_right = all(each.is_right for each in tried)
        answer = {"is_right": is_right, "settings": [asdict(each) for each in tried]}
        lines = [
            f"{'ok' if each.is_right else 'WRONG':<6} {each.setting:<27} {each.says}"
            for each in tried
        ]
        self.report(answer, lines, as_json=options["json"])
        if not is_right:
            sys.exit(1)
