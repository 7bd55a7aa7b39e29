"""Changing a setting: checked, recorded, and seen by every process."""

import subprocess
import sys

import pytest
from django.conf import settings

from accounts.config import SENDING
from alerts.config import MAX_SEARCHES
from audit import config
from audit.config_changes import change_setting
from audit.models import AuditLog, SystemConfig

NAME = "alerts.max_searches"
# Reads the setting, says so, and goes on reading until it is another.
READER = """
import django; django.setup()
import time
from alerts.config import MAX_SEARCHES
print(MAX_SEARCHES.value(), flush=True)
while MAX_SEARCHES.value() == 20: time.sleep(0.05)
print(MAX_SEARCHES.value(), flush=True)
"""


def stored():
    return SystemConfig.objects.filter(key=NAME).values_list("value", flat=True).first()


@pytest.mark.django_db
def test_a_change_is_recorded_with_old_and_new_value():
    change_setting(key=MAX_SEARCHES, text="7", actor=None)
    change_setting(key=MAX_SEARCHES, text="8", actor=None)
    details = AuditLog.objects.filter(action="setting.changed").values_list("details", flat=True)
    assert set(details) == {
        f'{{"key": "{NAME}", "values": [null, "7"]}}',
        f'{{"key": "{NAME}", "values": ["7", "8"]}}',
    }


@pytest.mark.django_db
def test_the_default_counts_again_once_it_is_asked_for():
    change_setting(key=MAX_SEARCHES, text="7", actor=None)
    change_setting(key=MAX_SEARCHES, text=None, actor=None)
    assert MAX_SEARCHES.value() == 20


@pytest.mark.django_db
def test_what_changes_nothing_is_not_recorded():
    change_setting(key=MAX_SEARCHES, text="7", actor=None)
    assert not change_setting(key=MAX_SEARCHES, text="7", actor=None)
    assert AuditLog.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "0", "1001", "many", "1_0", "٣", "7.0"])
def test_a_number_out_of_bounds_or_no_number_is_refused_with_the_bounds(text):
    with pytest.raises(ValueError, match="a whole number from 1 to 1000"):
        change_setting(key=MAX_SEARCHES, text=text, actor=None)
    assert stored() is None


@pytest.mark.django_db
def test_a_switch_takes_true_and_false_alone():
    with pytest.raises(ValueError, match="true or false"):
        change_setting(key=SENDING, text="off", actor=None)


@pytest.mark.django_db(transaction=True)
def test_another_process_sees_a_change_without_a_restart():
    words = [sys.executable, "-c", READER]
    with subprocess.Popen(
        words, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdout.readline() == "20\n"
        change_setting(key=MAX_SEARCHES, text="7", actor=None)
        assert reader.stdout.readline() == "7\n"


def test_no_process_holds_a_value_for_longer_than_5_seconds():
    assert config.CACHE_SECONDS < 5
