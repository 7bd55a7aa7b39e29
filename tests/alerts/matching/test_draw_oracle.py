"""Waves, the canary and a plain Python oracle agree on who is told when, on random worlds."""

import random
from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from alerts.matching.match import match_openings
from alerts.models import UserAlert
from alerts.watching.canary import Verdict, verify
from centers.models import Center
from slots.models import SlotOpening
from tests.alerts.matching import draws
from tests.alerts.world import make_center, make_opening, make_search, make_slot, set_config

LEARNERS, OPENINGS, FIRST = 40, 12, 2


class World:
    """Two towns far apart; a learner looks around one of them and has had some alerts."""

    def __init__(self, seed: int) -> None:
        self.choose = random.Random(seed)
        self.now = timezone.now()
        self.centers = [make_center(), make_center(53.48, -2.24)]
        self.fits: dict[int, set[int]] = {center.pk: set() for center in self.centers}
        for _ in range(LEARNERS):
            self.learner()
        self.openings = [self.opening(number) for number in range(OPENINGS)]

    def ago(self, **least: float) -> dict:
        return {"created_at": self.now - timedelta(**least)}

    def learner(self) -> None:
        center: Center = self.choose.choice(self.centers)
        place = (float(center.latitude), float(center.longitude))
        search = make_search(place=place, **self.ago(days=30))
        self.fits[center.pk].add(search.user_id)
        slot = make_slot(make_center(57.15, -2.09))
        for _ in range(self.choose.randint(0, 3)):
            days = self.choose.choice([0.5, 3, 6.9, 7.1, 20])
            UserAlert.objects.create(user_id=search.user_id, slot=slot, **self.ago(days=days))

    def opening(self, number: int) -> SlotOpening:
        center = self.choose.choice(self.centers)
        slot = make_slot(center, date=self.now.date() + timedelta(days=30 + number))
        return make_opening(slot, recorded_at=self.now)

    def let_a_wave_be_due(self) -> None:
        due = SlotOpening.objects.filter(next_wave_at__isnull=False, closed_at=None)
        due.update(next_wave_at=self.now)

    def close_some(self) -> None:
        for opening in self.choose.sample(self.openings, 2):
            SlotOpening.objects.filter(pk=opening.pk, closed_at=None).update(
                closed_at=F("opened_at"), close_reason="gone"
            )


@pytest.mark.django_db
@pytest.mark.parametrize("attempt", range(3))
def test_who_is_told_when_is_what_the_seed_says(attempt):
    seed = random.SystemRandom().randrange(2**32)
    set_config("alerts.wave_first", str(FIRST))
    world = World(seed)
    for _ in range(4):
        match_openings()
        world.close_some()
        world.let_a_wave_be_due()
    openings = list(SlotOpening.objects.select_related("slot"))
    assert any(opening.wave and opening.wave > 1 for opening in openings), f"seed {seed}"
    for opening in openings:
        fitting = world.fits[opening.slot.center_id]
        assert not list(draws.faults(opening, fitting, first=FIRST)), f"seed {seed}"
    ids = [opening.pk for opening in openings]
    verdict = sum(verify(ids), start=Verdict())
    assert verdict.is_clean, f"seed {seed}: {verdict}"
