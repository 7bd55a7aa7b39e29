#!/usr/bin/env python
"""Django's command line, connected as the owner of the schema for the commands that need it."""

import json
import os
import sys

OWNER_COMMANDS = frozenset({"backup", "migrate", "prune", "restore", "settle_recovery"})


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dvsa_alerts.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ["DATABASE_ROLE"] = "owner"
    from django.core.management import execute_from_command_line

    from dvsa_alerts.environment import WrongSettings

    try:
        execute_from_command_line(sys.argv)
    except WrongSettings as error:
        if "--json" in sys.argv:
            wrong = [{"setting": name, "says": says} for name, says in error.faults.items()]
            print(json.dumps({"status": "refused", "settings": wrong}))  # noqa: T201
        sys.exit(str(error))


if __name__ == "__main__":
    main()
