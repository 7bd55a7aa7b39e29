"""`check_settings`: the servers and folders that the settings name are asked."""

import json
from dataclasses import replace

import pytest
from django.core.management import call_command

from dvsa_alerts.environment import SCHEMA
from tests.journeys.site import free_port
from tests.smtp_sink import Sink

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mail(settings):
    sink = Sink()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    yield sink
    sink.close()


@pytest.fixture
def check(capsys):
    """What the command answers as JSON, by setting, and how it exits."""

    def ask() -> tuple[dict[str, tuple[bool, str]], int]:
        code: int | str | None = 0
        try:
            call_command("check_settings", "--json")
        except SystemExit as end:
            code = end.code
        said = json.loads(capsys.readouterr().out)["settings"]
        return {each["setting"]: (each["is_right"], each["says"]) for each in said}, code

    return ask


def wrong(found: dict[str, tuple[bool, str]]) -> dict[str, str]:
    return {name: says for name, (is_right, says) in found.items() if not is_right}


def test_each_setting_has_its_line_and_all_are_right(check, mail):
    found, code = check()
    assert list(found) == [each.name for each in SCHEMA.values()]
    assert (wrong(found), code) == ({}, 0)
    assert found["DATABASE_URL"][1].startswith("answers: PostgreSQL")
    assert mail.received == []


def test_a_mail_server_that_is_away(check, mail, settings):
    settings.EMAIL_PORT = free_port()
    found, code = check()
    assert (set(wrong(found)), code) == ({"EMAIL_URL"}, 1)
    assert "refused" in found["EMAIL_URL"][1]


def test_a_database_that_is_not_there(check, mail, settings):
    settings.ENVIRONMENT = replace(
        settings.ENVIRONMENT, database=settings.ENVIRONMENT.database | {"NAME": "nowhere"}
    )
    found, _ = check()
    assert set(wrong(found)) == {"DATABASE_URL"}
    assert '"nowhere" does not exist' in found["DATABASE_URL"][1]


def test_a_folder_of_backups_that_is_not_there(check, mail, settings, tmp_path):
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, backup_dir=str(tmp_path / "none"))
    found, _ = check()
    assert set(wrong(found)) == {"BACKUP_DIR"}


def test_a_program_for_encryption_that_is_not_installed(check, mail, settings, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, backup_encrypt_to="age1" + "q" * 58)
    found, _ = check()
    assert wrong(found) == {"BACKUP_ENCRYPT_TO": "needs age, which is not installed"}
