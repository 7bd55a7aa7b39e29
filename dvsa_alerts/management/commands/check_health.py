"""`check_health`: one line for each part; exit 1 names what is wrong."""

import sys
from dataclasses import asdict
from typing import Any

from audit.management.reporting import JsonCommand
from dvsa_alerts.operations.monitoring import health

EXAMPLE = """examples:
  manage.py check_health
  manage.py check_health --json
Exit 0: all is well. 1: something is wrong, and its line says what.
"""


class Command(JsonCommand):
    """Ask every part how it is."""

    help = "Says of each part whether it is well: database, Redis, workers, sources, deliveries …"
    example = EXAMPLE
    # They would end the command before it could say which part is wrong.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was found."""
        parts = health.look(health.EVERYTHING)
        is_well = all(part.is_well for part in parts)
        answer = {"is_well": is_well, "parts": [asdict(part) for part in parts]}
        lines = [f"{'ok' if p.is_well else 'WRONG':<6} {p.name:<11} {p.says}" for p in parts]
        self.report(answer, lines, as_json=options["json"])
        if not is_well:
            sys.exit(1)
