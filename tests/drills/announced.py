"""Who has to be told of what a feed's batches open, by plain Python.

It keeps sets of what was listed; who is near is measured by haversine.
"""

import json
from collections import Counter
from datetime import date, datetime, time
from pathlib import Path

from tests.drills.feeds import QUIET, Key, Recomputed
from tests.drills.town import Told, Town, miles


class Announced:
    """Who has to be told of each batch; of a centre's first, its baseline, nobody is."""

    def __init__(self, town: Town, codes: list[str]) -> None:
        self._listed = Recomputed()
        self.openings: Counter[Key] = Counter()
        self._covered: set[str] = set()
        self._learners: dict[str, list[str]] = {}
        self._names: dict[str, str] = {}
        for center, code in zip(town.centers, codes, strict=True):
            center.code = code
            center.save(update_fields=["code"])
            self._names[code] = center.name
            self._learners[code] = [
                search.user.email for search in town.searches
                if miles(town.home_of(search), center) <= search.notification_radius
            ]  # fmt: skip

    def take(self, said: dict) -> None:
        """What comes back soon goes on as what it was; all else that comes is announced."""
        before, closed_at = set(self._listed.open), dict(self._listed.closed_at)
        self._listed.take(said)
        at = datetime.fromisoformat(said["observed_at"])
        for key in self._listed.open - before:
            back = key in closed_at and at - closed_at[key] <= QUIET
            self.openings[key] += not back and key[0] in self._covered
        self._covered |= set(said["covers"]["centers"])

    def take_file(self, file: Path) -> None:
        """Take the batch of a file."""
        self.take(json.loads(file.read_text()))

    def _told(self, keys: Counter[Key]) -> Counter[Told]:
        """Each learner in reach, each slot as the mails name it, and how often."""
        return Counter({
            (email, (self._names[code], date.fromisoformat(day), time.fromisoformat(at))): count
            for (code, day, at), count in keys.items() if count
            for email in self._learners[code]
        })  # fmt: skip

    def most(self) -> Counter[Told]:
        """What may be told, and how often."""
        return self._told(self.openings)

    def least(self) -> set[Told]:
        """What has to be told: of what is open in the end."""
        still = self._listed.to_come()
        return set(
            self._told(Counter(key for key, n in self.openings.items() if n and key in still))
        )


def covered(file: Path) -> list[str]:
    """The centres that a batch says something of."""
    return json.loads(file.read_text())["covers"]["centers"]
