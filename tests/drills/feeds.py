"""Feeds to replay, and what should be open after each batch, in sets and dictionaries alone."""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone

from centers.models import Center
from slots.models import Slot, SlotOpening

TOOL = settings.BASE_DIR.parent / "shared" / "tools" / "real_feed.py"
LONDON = ZoneInfo("Europe/London")
QUIET = timedelta(minutes=30)
# The recording is two days long and begins in the week before the day asked for: asked for this
# long ago, no batch of it lies ahead, whatever the weekday.
REAL_FEED_AGE = timedelta(days=3)

Key = tuple[str, str, str]


def real_feed(folder: Path, first: int = 0) -> list[Path]:
    """Files of the first batches of a real feed, all of them for 0; skips where it is absent."""
    if not TOOL.exists():
        pytest.skip("the real feed's recording is not part of this checkout")
    start = (timezone.localdate() - REAL_FEED_AGE).isoformat()
    words = ("--start", start, "--out", str(folder), "--first", str(first))
    subprocess.run([sys.executable, str(TOOL), *words], check=True, capture_output=True)
    return sorted(folder.glob("batch-*.json"))


def made_feed(
    folder: Path, seed: int, batches: int, *, centers: int = 12, each: int = 20
) -> list[Path]:
    """Files of a feed made up: slots come and go, some for one observation only."""
    rng, files = Random(seed), []
    names = [f"M{number}" for number in range(centers)]
    universe = [
        (name, (timezone.localdate() + timedelta(days=day)).isoformat(), f"{hour:02}:40")
        for name in names for day in range(5, 5 + each) for hour in (8, 10, 13)
    ]  # fmt: skip
    listed = set(rng.sample(universe, len(universe) // 3))
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3)
    for sequence in range(1, batches + 1):
        listed -= set(rng.sample(sorted(listed), len(listed) // 12))
        listed |= set(rng.sample(universe, len(universe) // 40))
        seen = rng.sample(names, centers - rng.randrange(3))
        said = {
            "sequence": sequence, "complete": True,
            "observed_at": (start + timedelta(minutes=17 * sequence)).isoformat(),
            "covers": {"centers": seen, "test_types": ["practical"]},
            "slots": [
                {"center": center, "test_type": "practical", "date": day, "time": at}
                for center, day, at in sorted(listed) if center in seen
            ],
        }  # fmt: skip
        file = folder / f"batch-{sequence:04}.json"
        file.write_text(json.dumps(said))
        files.append(file)
    return files


def make_centers_of(files: list[Path]) -> None:
    """Every centre that a feed covers."""
    codes = {code for file in files for code in json.loads(file.read_text())["covers"]["centers"]}
    Center.objects.bulk_create(
        Center(name=f"Center {code}", code=code, postcode="IG3 9UZ") for code in sorted(codes)
    )


@dataclass
class Recomputed:
    """What one source's batches lead to, counted independently."""

    newest: datetime | None = None
    seen: set[int] = field(default_factory=set)
    open: set[Key] = field(default_factory=set)
    closed_at: dict[Key, datetime] = field(default_factory=dict)
    openings: int = 0

    def take(self, said: dict) -> tuple[int, int] | None:
        """How many slots a batch opens and closes; None when it changes nothing."""
        at = datetime.fromisoformat(said["observed_at"])
        if said["sequence"] in self.seen:
            return None
        self.seen.add(said["sequence"])
        if self.newest and at < self.newest:
            return None
        self.newest = at
        listed = {key for key in keys_of(said) if not is_past(key)}
        covers = said["covers"]
        first, last = covers.get("date_from", ""), covers.get("date_to", "9")
        covered = {
            key for key in self.open
            if key[0] in covers["centers"] and first <= key[1] <= last and not is_past(key)
        }  # fmt: skip
        gone, come = covered - listed, listed - self.open
        for key in come:
            back = key in self.closed_at and at - self.closed_at[key] <= QUIET
            self.openings += not back
        self.closed_at |= dict.fromkeys(gone, at)
        self.open = (self.open - gone) | listed
        return len(come), len(gone)

    def to_come(self) -> set[Key]:
        return {key for key in self.open if not is_past(key)}


def keys_of(said: dict) -> set[Key]:
    return {(row["center"], row["date"], row["time"]) for row in said["slots"]}


def is_past(key: Key) -> bool:
    now = datetime.now(LONDON).replace(tzinfo=None)
    return datetime.fromisoformat(f"{key[1]}T{key[2]}") <= now


def open_now() -> set[Key]:
    """What the program has open and still to come."""
    rows = Slot.objects.filter(available=True).values_list("center__code", "date", "time")
    found = {(str(code), day.isoformat(), f"{at:%H:%M}") for code, day, at in rows}
    return {key for key in found if not is_past(key)}


def openings_are_sound() -> bool:
    """Every open slot has one opening that is not closed, and no closed slot has any."""
    open_openings = SlotOpening.objects.filter(closed_at=None).values_list("slot_id", flat=True)
    open_slots = Slot.objects.filter(available=True).values_list("id", flat=True)
    return sorted(open_openings) == sorted(open_slots)


def a_day() -> date:
    return timezone.localdate() + timedelta(days=20)
