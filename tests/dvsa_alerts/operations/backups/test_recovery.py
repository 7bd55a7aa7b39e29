"""What has to hold before a database that went back in time may go on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from alerts.matching.match import match_openings
from alerts.watching.canary import Verdict, verify
from dvsa_alerts.operations.backups.recovery import announce_nothing_again
from slots.models import SlotOpening
from tests.alerts.world import make_center, make_opening, make_search, make_slot, set_config

pytestmark = pytest.mark.django_db


def test_waves_that_were_to_come_are_not_told_after_a_restore():
    """They may have been, in the time that was lost; and nobody is missing for it."""
    now = timezone.now()
    set_config("alerts.wave_first", "1")
    set_config("alerts.wave_seconds", "1")
    for _ in range(3):
        make_search(created_at=now - timedelta(days=1))
    slot = make_slot(make_center(), date=now.date() + timedelta(days=30))
    opening = make_opening(slot, recorded_at=now)
    match_openings()
    announce_nothing_again()
    match_openings(now=now + timedelta(days=1))
    opening.refresh_from_db()
    assert opening.alerts.count() == 1
    SlotOpening.objects.update(recorded_at=now + timedelta(minutes=2))
    assert sum(verify([opening.pk]), start=Verdict()).is_clean
