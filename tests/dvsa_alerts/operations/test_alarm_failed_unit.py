"""Staff are told when a unit of systemd's has failed."""

import pytest
from django.core.management import call_command

from accounts.models import StaffAlarm


@pytest.mark.django_db
def test_the_unit_and_where_to_look_are_named_once():
    for _ in range(2):
        call_command("alarm_failed_unit", "dvsa-alerts-nightly.service")
    alarm = StaffAlarm.objects.get()
    assert alarm.subject == "failed:dvsa-alerts-nightly.service"
    assert "journalctl -o cat -u dvsa-alerts-nightly.service" in alarm.sentence
