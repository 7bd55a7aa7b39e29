"""Settings are read through one typed place, and a bad value never reaches the program."""

import pytest

from audit import config
from audit.models import SystemConfig

pytestmark = pytest.mark.django_db


@pytest.fixture
def limit(monkeypatch):
    monkeypatch.setattr(config, "registry", {})
    return config.declare_integer("test.limit", default=20, minimum=1, maximum=100, help="A limit.")


def store(value, key="test.limit"):
    SystemConfig.objects.update_or_create(key=key, defaults={"value": value})
    config.forget_cached()


def test_a_setting_that_nobody_stored_is_its_default(limit):
    assert limit.value() == 20


def test_a_stored_value_counts(limit):
    store("35")
    assert limit.value() == 35


@pytest.mark.parametrize("bad", ["", "many", "0", "101", "1e3", "٣x"])
def test_a_bad_value_falls_back_to_the_default_and_is_reported(limit, bad):
    store(bad)
    assert limit.value() == 20
    assert config.faults() == [f"test.limit is {bad!r}, which is not a whole number of 1 to 100"]


def test_an_unknown_key_is_kept_and_no_fault(limit):
    store("x", key="someone.elses")
    assert config.faults() == []


def test_a_switch_is_true_or_false(limit):
    switch = config.declare_switch("test.switch", default=False, help="A switch.")
    store("True", key="test.switch")
    assert switch.value() is True


def test_a_text_is_bounded(limit):
    text = config.declare_text("test.text", default="short", maximum=5, help="A text.")
    store("longer", key="test.text")
    assert text.value() == "short"


def test_another_processs_change_is_seen_once_the_copy_is_old(limit, monkeypatch):
    assert limit.value() == 20
    SystemConfig.objects.create(key="test.limit", value="35")
    assert limit.value() == 20
    later = config.time.monotonic() + config.CACHE_SECONDS + 0.1
    monkeypatch.setattr(config.time, "monotonic", lambda: later)
    assert limit.value() == 35
