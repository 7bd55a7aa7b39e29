"""Attacks 1 and 5: who can write to the database as the application gets no further, nor unseen."""

import base64
import json
import os
import pickle
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command

from audit.chain import seal
from audit.models import AuditLog
from audit.trail import record
from tests.deploy.visitor import is_in

NAMES = re.compile(rb"(?:^|\0)([A-Z_]+)=([^\0]*)")


class Payload:
    """Unpickled, it leaves a folder behind."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return os.mkdir, (str(self.mark),)


@pytest.fixture
def app(transactional_db):
    """A connection as the application's role."""
    host, name = settings.DATABASES["default"]["HOST"], settings.DATABASES["default"]["NAME"]
    with psycopg.connect(host=host, dbname=name, user="app", autocommit=True) as connection:
        yield connection


def test_a_pickle_planted_in_the_cache_is_not_run_by_a_sign_in(site, app, ada, stranger, tmp_path):
    stranger.post("/accounts/password/reset/", email=ada.email)  # so that there are rows
    text = base64.b64encode(pickle.dumps(Payload(tmp_path / "was-run"))).decode()
    keys = [key for (key,) in app.execute("SELECT key FROM dvsa_alerts_cacheentry")]
    assert keys
    app.execute("UPDATE dvsa_alerts_cacheentry SET value = %s", [text])
    for key in keys:
        app.execute("INSERT INTO cache VALUES (%s, %s, 'infinity')", [key, text])
    stranger.post("/accounts/password/reset/", email=ada.email)
    assert is_in(stranger.sign_in(ada.email))
    assert not (tmp_path / "was-run").exists()


@pytest.mark.parametrize("service", ["web", "ingest"])
def test_the_webs_processes_hold_no_credential_but_the_applications(site, service):
    master = getattr(site, service)
    for process in (master.process.pid, *master.children()):
        told = dict(NAMES.findall(Path(f"/proc/{process}/environ").read_bytes()))
        assert b"://app@" in told[b"DATABASE_URL"]
        assert [name for name, value in told.items() if b"OWNER" in name or b"owner" in value] == []


@pytest.fixture
def trail(ada):
    """What Ada did, sealed."""
    for number in range(3):
        record("test.done", actor=ada, subject=None, number=number)
    seal()


def verdict(capsys) -> dict[str, Any]:
    """What `verify_audit` says once all is sealed."""
    seal()
    with suppress(SystemExit):  # which it says in its answer too
        call_command("verify_audit", json=True)
    return json.loads(capsys.readouterr().out)


def test_a_user_taken_out_of_the_trail_and_put_back_is_named(app, ada, trail, capsys):
    for table in ("account_emailaddress", "users"):
        app.execute(f"DELETE FROM {table} WHERE user_id = %s", [ada.pk])
    app.execute(
        "INSERT INTO users (user_id, email, password_hash) OVERRIDING SYSTEM VALUE"
        " VALUES (%s, %s, 'x')", [ada.pk, ada.email],
    )  # fmt: skip
    assert verdict(capsys)["broken"] == f"user {ada.pk} was erased, and is there again"


def test_an_entry_is_given_its_date_and_number_by_the_database(app, ada, trail):
    forged = (
        "INSERT INTO auditlogs (log_id, action, timestamp) OVERRIDING SYSTEM VALUE"
        " VALUES (-7, 'forged', '2020-01-01')"
        " RETURNING log_id, timestamp > now() - interval '1 hour'"
    )
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState):
        app.execute(forged)
    app.execute("INSERT INTO auditlogs (action) VALUES ('one that takes a number')")
    newest = AuditLog.objects.order_by("pk").last().pk
    assert app.execute(forged).fetchone() == (newest + 1, True)


CHANGES = (
    "UPDATE auditlogs SET user_id = NULL", "DELETE FROM auditlogs", "TRUNCATE auditlogs",
    "ALTER TABLE auditlogs DISABLE TRIGGER ALL", "SELECT audit_erase(1)",
)  # fmt: skip


def test_nothing_of_the_trail_is_changed_by_the_application(app, trail, capsys):
    for statement in CHANGES:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(statement)
    assert verdict(capsys)["broken"] is None
