"""The cache reads JSON alone: who may write to the database runs nothing in the web's processes."""

import base64
import os
import pickle
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.serializers import JSONSerializer
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.module_loading import import_string

from dvsa_alerts.celery import app
from dvsa_alerts.models import CacheEntry
from tests.people import PASSWORD, learner

pytestmark = pytest.mark.django_db
# Each of these may run what it reads.
UNPICKLES = re.compile(r"\b(pickle|cPickle|shelve|marshal|dill|joblib|PickleSerializer)\b")


class Payload:
    """Unpickled, it leaves a file behind."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return os.mkdir, (str(self.mark),)


def plant(payload: bytes) -> None:
    """The pickle as every value of every cache that the application's role can write to."""
    text = base64.b64encode(payload).decode()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE dvsa_alerts_cacheentry SET value = %s", [text])
        cursor.execute(
            "INSERT INTO cache (cache_key, value, expires) SELECT key, %s, 'infinity'"
            " FROM dvsa_alerts_cacheentry ON CONFLICT DO NOTHING", [text],
        )  # fmt: skip
        cursor.execute("UPDATE cache SET value = %s, expires = 'infinity'", [text])


def test_a_pickle_in_the_cache_is_not_run_when_somebody_signs_in(client, tmp_path):
    """The attack: one row as `app`, one sign-in, and code ran beside the owner's password."""
    ada, mark = learner(), tmp_path / "was-run"
    form = {"login": ada.email, "password": PASSWORD}
    reset = {"email": ada.email}
    client.post("/accounts/password/reset/", reset)  # so that there are rows to plant it in
    assert CacheEntry.objects.exists()
    plant(pickle.dumps(Payload(mark)))
    Client(raise_request_exception=False).post("/accounts/password/reset/", reset)
    assert Client().post("/accounts/login/", form).status_code == 302
    assert not mark.exists()


def test_what_is_planted_is_an_error_and_no_program(tmp_path):
    cache.set("key", [1])
    plant(pickle.dumps(Payload(tmp_path / "was-run")))
    with pytest.raises(ValueError, match="Expecting value"):
        cache.get("key")
    assert not (tmp_path / "was-run").exists()


def test_nothing_of_ours_unpickles():
    ours = ("audit", "centers", "accounts", "slots", "alerts", "dvsa_alerts")
    files = [file for app in ours for file in (settings.BASE_DIR / app).rglob("*.py")]
    assert len(files) > 100
    assert [file for file in files if UNPICKLES.search(file.read_text())] == []


def test_sessions_and_tasks_are_json():
    assert settings.SESSION_ENGINE == "django.contrib.sessions.backends.db"
    assert import_string(settings.SESSION_SERIALIZER) is JSONSerializer
    assert app.conf.accept_content == ["json"]
    assert app.conf.result_accept_content in (None, ["json"])
    assert (app.conf.task_serializer, app.conf.result_backend) == ("json", None)


class TestValues:
    @pytest.mark.parametrize("value", [None, 1, "text", [1, 2.5], {"a": [None, True]}])
    def test_what_json_can_say_comes_back(self, value):
        cache.set("key", value)
        assert cache.get("key", "missing") == value

    def test_others_are_refused(self):
        with pytest.raises(TypeError):
            cache.set("key", {1, 2})

    def test_one_that_is_there_is_not_added_and_an_expired_one_is(self):
        assert cache.add("key", 1, timeout=60)
        assert not cache.add("key", 2)
        assert cache.get("key") == 1
        CacheEntry.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert cache.get("key") is None
        assert cache.add("key", 2)

    def test_one_is_removed_once(self):
        cache.set("key", 1)
        assert (cache.delete("key"), cache.delete("key")) == (True, False)

    def test_a_touched_one_lasts_longer(self):
        cache.set("key", 1, timeout=1)
        assert cache.touch("key", None)
        assert CacheEntry.objects.get().expires_at is None
        assert not cache.touch("other")

    def test_nothing_is_thrown_away_however_many_there_are(self):
        for number in range(400):
            cache.set(f"key-{number}", number)
        assert cache.get("key-0") == 0
        cache.clear()
        assert cache.get("key-0") is None
