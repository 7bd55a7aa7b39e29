"""`match_openings`: write the alerts of what has opened, without Celery."""

from dataclasses import asdict
from typing import Any

from tqdm import tqdm

from alerts.matching.match import Matched, match_in_chunks
from dvsa_alerts.management.looping import LoopingCommand
from slots.models import SlotOpening

EXAMPLE = """examples:
  manage.py match_openings
  manage.py match_openings --loop
"""


class Command(LoopingCommand):
    """Match what is unmatched."""

    help = "Writes an alert for every learner whose saved search fits a slot that has opened."
    example = EXAMPLE
    queues = ("matching",)

    def work(self) -> tuple[dict[str, Any], str, bool]:
        """One round."""
        matched = _match()
        return asdict(matched), _sentence(matched), matched != Matched()


def _match() -> Matched:
    total = Matched()
    waiting = SlotOpening.objects.unmatched().count()
    with tqdm(total=waiting, unit="opening", delay=1, disable=None) as bar:
        for chunk in match_in_chunks():
            bar.update(chunk.openings)
            total += chunk
    return total


def _sentence(matched: Matched) -> str:
    said = f"{matched.openings} openings matched, {matched.alerts} alerts written."
    return f"{said} {matched.revived} expired alerts are due again." if matched.revived else said
