"""What the commands that do workers' work without Celery have in common."""

import time
from argparse import ArgumentParser
from typing import Any, ClassVar

from django.db import close_old_connections

from audit.management.reporting import JsonCommand
from dvsa_alerts.operations.monitoring import heartbeats

PAUSE_SECONDS = 1.0


class LoopingCommand(JsonCommand):
    """A round of work, once or until stopped; each is a sign of life of its `queues`."""

    queues: ClassVar[tuple[str, ...]]

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Once, or until stopped."""
        super().add_arguments(parser)
        parser.add_argument("--loop", action="store_true", help="go on until stopped")

    def handle(self, *args: Any, **options: Any) -> None:
        """One round; with --loop, one after another, of which those that did something are said."""
        self._round(as_json=options["json"], always=True)
        while options["loop"]:
            time.sleep(PAUSE_SECONDS)
            close_old_connections()
            self._round(as_json=options["json"], always=False)

    def work(self) -> tuple[dict[str, Any], str, bool]:
        """Do what is due: the JSON object, the sentence, and whether there was anything to do."""
        raise NotImplementedError

    def _round(self, *, as_json: bool, always: bool) -> None:
        answer, said, any_done = self.work()
        for queue in self.queues:
            heartbeats.note(queue)
        if always or any_done:
            self.report(answer, [said], as_json=as_json)
