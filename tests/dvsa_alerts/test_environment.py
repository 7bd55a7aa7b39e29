"""What may be said in the environment, and what is said of what may not: one sentence for each."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from dvsa_alerts.environment import SCHEMA, WrongSettings, read_environment

NAMES = [each.name for each in SCHEMA.values()]
# What no sentence may repeat.
SECRET = "hunter2"
ENCODED = "percent-encoded"
# The number 1, so that each process that runs tests names them alike.
VAPID_KEY = "A" * 42 + "E"
# Of each variable, what is wrong and a word of the sentence that says so.
WRONG = {
    "SECRET_KEY": [(SECRET, "50 or more")],
    "SECRET_KEY_FALLBACKS": [(f"{'x' * 50},{SECRET}", "50 or more")],
    "DEBUG": [("perhaps", "true or false")],
    "ALLOWED_HOSTS": [
        ("other.example.org", "alerts.example.org"), ("https://alerts.example.org", "https://"),
        ("alerts.example.org:443", "port"), (",", "missing"),
    ],
    "SITE_URL": [
        ("alerts.example.org", "https://"), ("ftp://alerts.example.org", "https://"),
        ("https://", "host"), ("https://alerts.example.org/slots", "path"),
        (f"https://a:{SECRET}@alerts.example.org", "user"), ("https://[::1", "host"),
    ],
    "SITE_NAME": [("two\nlines", "one line"), ("x" * 81, "80")],
    "OPERATOR_NAME": [("two\nlines", "one line")],
    "CONTACT": [("help@example.org", "mailto:"), ("https://localhost/", "localhost")],
    "DATABASE_URL": [
        (f"postgresql://app:{SECRET}@db/app", "postgis://"), (f"postgis://app:{SECRET}@db", "name"),
        (f"postgis://app:{SECRET}/@db/app", ENCODED), (f"postgis://app:#{SECRET}@db/app", ENCODED),
        (f"postgis://app:{SECRET}?@db/app", ENCODED), (f"postgis://app:{SECRET}%@db/app", ENCODED),
        (f"postgis://app:{SECRET} 1@db/app", ENCODED), (f"postgis://app:[{SECRET}@db/app", ENCODED),
        (f"postgis://app:{SECRET}@db:port/app", "can't be read"),
        ("postgis://app@db/app?connect_timeout=soon", "connect_timeout"),
        ("postgis://app@db/app?sslmode=full", "verify-full"),
        ("postgis://app@db/app?ssl_mode=require", "option"),
    ],
    "DATABASE_OWNER_URL": [
        (f"postgis://app:{SECRET}/@db/app", ENCODED), ("mysql://db/app", "postgis://"),
    ],
    "REDIS_URL": [
        ("127.0.0.1:6379", "redis://"), (f"http://:{SECRET}@redis", "redis://"),
        (f"redis://:{SECRET}/1@redis:6379/0", ENCODED), (f"redis://:{SECRET}@:6379/0", "host"),
        (f"redis://:{SECRET}@redis:66379/0", "port"), ("redis://redis/first", "/0"),
        ("redis+socket://run/redis.sock", "socket"),
    ],
    "EMAIL_URL": [
        ("mail.example.org:587", "smtp://"), ("consolemail://", "smtp://"),
        (f"smtp+tls://me:{SECRET}#@mail:587", ENCODED), ("smtp://:25", "host"),
        (f"smtp://me:{SECRET}@mail:smtp", "port"),
    ],
    "DEFAULT_FROM_EMAIL": [("Slot Alerts", "address"), ("Slot Alerts <alerts@>", "address")],
    "VAPID_PRIVATE_KEY": [(SECRET, "P-256"), ("A" * 43, "P-256")],
    "VAPID_PRIVATE_KEY_FALLBACKS": [(f"{VAPID_KEY},{SECRET}", "P-256")],
    "VAPID_SUBJECT": [
        ("alerts@example.org", "mailto:"), ("http://example.org", "https://"),
        ("https://localhost/", "localhost"), ("mailto: alerts@example.org", "mailto:"),
    ],
    "PUSH_HOSTS": [("https://fcm.googleapis.com", "push.example.org"), (",", "missing")],
    "MAP_TILE_URL": [
        ("https://tiles.example.org", "{z}"), ("tiles.example.org/{z}/{x}/{y}.png", "https://"),
    ],
    "TRUSTED_PROXIES": [("nginx", "127.0.0.1"), ("10.0.0.0/33", "127.0.0.1")],
    "TRUSTED_NETWORKS": [("127.0.0.1 ::1", "10.0.0.0/8")],
    "WEBHOOKS": [("perhaps", "true")],
    "BOUNCE_SECRET": [(SECRET, "16 or more")],
    "DEV_MAIL_DIR": [("mail", "begins with /")],
    "BACKUP_DIR": [("backups", "begins with /")],
    "BACKUP_ENCRYPT_TO": [
        (f"AGE-SECRET-KEY-1{SECRET.upper()}", "private key"), ("age1qqq", "age-keygen"),
        ("--output=/etc/passwd", "public key"),
    ],
    "BACKUP_COPY_COMMAND": [("copy", "from /"), ("/bin/sh -c 'x", "quote")],
    "STATEMENT_SECONDS": [("soon", "whole number"), ("-1", "from 0"), ("86401", "to 86400")],
    "WEB_CONCURRENCY": [("two", "whole number")],
    "WEB_THREADS": [("0", "from 1"), ("1000", "to 64")],
}  # fmt: skip
CASES = [(name, value, word) for name, cases in WRONG.items() for value, word in cases]
RIGHT = {
    "SECRET_KEY": "x" * 50,
    "ALLOWED_HOSTS": "alerts.example.org",
    "SITE_URL": "https://alerts.example.org",
    "DATABASE_URL": "postgis://app:secret@db/app",
    "REDIS_URL": "redis://:secret@redis:6379/0",
    "EMAIL_URL": "smtp+tls://me%40example.org:secret@mail:587",
    "DEFAULT_FROM_EMAIL": "Slot Alerts <alerts@example.org>",
    "VAPID_PRIVATE_KEY": VAPID_KEY,
    "VAPID_SUBJECT": "mailto:alerts@example.org",
    "PUSH_HOSTS": "push.example.org",
}


def read(**given: str):
    return read_environment(RIGHT | given)


def faults(**given: str) -> dict[str, str]:
    with pytest.raises(WrongSettings) as caught:
        read(**given)
    return caught.value.faults


def test_each_variable_has_a_wrong_value_here():
    assert set(WRONG) == set(NAMES)


@pytest.mark.parametrize(("name", "value", "word"), CASES)
def test_what_is_wrong_is_said_of_it_alone_in_one_sentence_without_the_secret(name, value, word):
    said = faults(**{name: value})
    assert set(said) == {name}
    assert word in said[name]
    assert SECRET not in said[name].lower()
    assert "\n" not in said[name]


@pytest.mark.parametrize("name", RIGHT)
def test_what_has_to_be_given_and_is_not_is_missing(name):
    assert faults(**{name: ""}) == {name: "is missing"}


def test_all_that_is_wrong_is_named_at_once():
    assert set(faults(DEBUG="perhaps", REDIS_URL="redis")) == {"DEBUG", "REDIS_URL"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALLOWED_HOSTS", ".example.org"),
        ("REDIS_URL", "redis+socket:///run/redis.sock"),
        ("REDIS_URL", "rediss://:a%2Fb@redis"),
        ("DATABASE_URL", "postgis://app:a%23b@db1,db2:5432/app?target_session_attrs=read-write"),
        ("DATABASE_URL", "postgis://app@/app?host=/run/postgresql"),
        ("DATABASE_URL", "postgis://app@db/app?disable_server_side_cursors=true"),
        ("MAP_TILE_URL", "https://{s}.tiles.example.org/{z}/{x}/{y}.png"),
        ("TRUSTED_NETWORKS", "127.0.0.1,::1,10.0.0.0/8"),
        ("BACKUP_ENCRYPT_TO", "ada@example.org"),
    ],
)
def test_what_is_right_is_read(name, value):
    assert read(**{name: value})


def test_a_password_is_decoded():
    assert read(DATABASE_URL="postgis://app:a%2Fb%23@db/app").database["PASSWORD"] == "a/b#"


def test_a_secret_that_begins_with_a_dollar_names_no_other_variable():
    secret = "$SITE_NAME-and-thirty-four-characters-more-of-a-key"
    assert read(SECRET_KEY=secret).secret_key == secret


def test_a_file_that_is_named(tmp_path):
    (tmp_path / "key").write_text(f"{'f' * 50}\n")
    assert read(SECRET_KEY="", SECRET_KEY_FILE=str(tmp_path / "key")).secret_key == "f" * 50


def test_a_credential_of_systemds(tmp_path):
    (tmp_path / "SECRET_KEY").write_text("c" * 50)
    assert read(SECRET_KEY="", CREDENTIALS_DIRECTORY=str(tmp_path)).secret_key == "c" * 50


def test_what_is_said_itself_counts_for_more(tmp_path):
    (tmp_path / "SECRET_KEY").write_text("c" * 50)
    assert read(CREDENTIALS_DIRECTORY=str(tmp_path)).secret_key == RIGHT["SECRET_KEY"]


def test_a_file_that_is_not_there_is_named():
    said = faults(SECRET_KEY="", SECRET_KEY_FILE="/nowhere")
    assert "SECRET_KEY_FILE" in said["SECRET_KEY"]


def test_what_is_no_secret_is_read_from_no_file(tmp_path):
    (tmp_path / "name").write_text("Other")
    assert read(SITE_NAME_FILE=str(tmp_path / "name")).site_name != "Other"


def test_a_secret_in_development_may_be_short():
    assert read(DEBUG="true", SECRET_KEY="short").secret_key == "short"


STARTS = {
    "command": ("manage.py", "add_source", "northern"),
    "json": ("manage.py", "check_settings", "--json"),
    "check": ("manage.py", "check", "--deploy"),
    "web": ("-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "dvsa_alerts.wsgi"),
    "worker": ("-m", "celery", "--quiet", "-A", "dvsa_alerts", "worker", "-Q", "email"),
    "beat": ("-m", "celery", "--quiet", "-A", "dvsa_alerts", "beat", "--schedule", "{folder}/beat"),
}


def started(kind: str, folder: Path, **told: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *(word.format(folder=folder) for word in STARTS[kind])],
        cwd=settings.BASE_DIR, env=os.environ | told,
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["command", "web", "worker", "beat"])
def test_each_process_refuses_to_start_and_says_why_without_a_traceback(kind, tmp_path):
    done = started(kind, tmp_path, REDIS_URL=f"redis://:{SECRET}/@redis", WEB_THREADS="many")
    assert done.returncode == 1
    lines = done.stderr.strip().splitlines()
    assert [line.split()[0] for line in lines] == ["REDIS_URL", "WEB_THREADS"], done.stderr
    assert SECRET not in done.stderr + done.stdout


@pytest.mark.parametrize("kind", ["check", "web", "worker", "beat"])
def test_a_server_refuses_to_start_without_the_folder_of_backups(kind, tmp_path):
    done = started(kind, tmp_path, BACKUP_DIR=str(tmp_path / "none"))
    assert done.returncode == 1
    assert f"BACKUP_DIR names {tmp_path}/none" in done.stderr
    assert "Traceback" not in done.stderr


def test_as_json_it_is_one_object(tmp_path):
    done = started("json", tmp_path, DEBUG="perhaps")
    said = {"setting": "DEBUG", "says": "has to be true or false"}
    assert json.loads(done.stdout) == {"status": "refused", "settings": [said]}
