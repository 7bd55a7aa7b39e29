"""Sources, and the tokens with which they post."""

import json
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from audit.models import AuditLog
from slots.models import Source, SourceToken
from slots.sources import SourceExistsError, add_source
from slots.tokens import (
    StaffNeedNoTokenError,
    find_token,
    make_token,
    note_use,
    revoke_token,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def source():
    return add_source(name="northern", actor=None)


def run(*words, **options):
    out = StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue().strip()


def test_a_token_is_found_by_its_plain_text(source):
    token, plain = make_token(source=source, label="server", actor=None)
    assert find_token(plain) == token
    assert find_token(plain).source == source


def test_no_column_holds_a_tokens_plain_text(source):
    _, plain = make_token(source=source, label="server", actor=None)
    row = SourceToken.objects.values().get()
    assert plain not in str(row)
    assert row["digest"] != plain
    assert row["hint"] == plain[:8]


def test_no_audit_entry_holds_a_tokens_plain_text(source):
    _, plain = make_token(source=source, label=None, actor=None)
    entry = AuditLog.objects.get(action="token.made")
    assert plain not in entry.details
    assert json.loads(entry.details)["source"] == "northern"


@pytest.mark.parametrize("wrong", ["", "src_", "src_nobody", "\udce9", "a" * 100_000])
def test_what_is_no_token_finds_none(source, wrong):
    make_token(source=source, label=None, actor=None)
    assert find_token(wrong) is None


def test_a_revoked_token_is_found_no_more(source):
    token, plain = make_token(source=source, label=None, actor=None)
    assert revoke_token(token=token, actor=None)
    assert find_token(plain) is None
    assert AuditLog.objects.filter(action="token.revoked").count() == 1


def test_revoking_twice_keeps_the_first_time(source):
    token, _ = make_token(source=source, label=None, actor=None)
    revoke_token(token=token, actor=None)
    first = SourceToken.objects.get().revoked_at
    assert not revoke_token(token=token, actor=None)
    assert SourceToken.objects.get().revoked_at == first
    assert AuditLog.objects.filter(action="token.revoked").count() == 1


def test_a_use_is_noted(source):
    token, _ = make_token(source=source, label=None, actor=None)
    note_use(token)
    token.refresh_from_db()
    assert token.last_used_at


def test_staff_get_no_token():
    staff = add_source(name=Source.STAFF, actor=None)
    with pytest.raises(StaffNeedNoTokenError):
        make_token(source=staff, label=None, actor=None)


def test_a_name_is_given_once(source):
    with pytest.raises(SourceExistsError, match="northern already"):
        add_source(name="northern", actor=None)
    assert AuditLog.objects.filter(action="source.added").count() == 1


@pytest.mark.parametrize("name", ["", "a/b", "..\n", "x" * 101, ".", "a?b", "name\n"])
def test_what_cannot_stand_in_an_address_is_no_name(name):
    with pytest.raises(ValidationError):
        add_source(name=name, actor=None)


@pytest.mark.parametrize(
    "url", ["http://feed.example.org/", "ftp://x", "https://", "https://u:p@x.org/", "https://x:y/"]
)
def test_only_an_https_address_is_polled(url):
    with pytest.raises(ValidationError):
        add_source(name="southern", url=url, actor=None)


def test_the_command_adds_a_polled_source():
    words = ("southern", "--url", "https://feed.example.org/b.json", "--every", "120")
    answer = json.loads(run("add_source", *words, json=True))
    assert answer == {"source": "southern", "url": "https://feed.example.org/b.json"}
    assert Source.objects.get(name="southern").poll_interval_seconds == 120


@pytest.mark.parametrize(
    "words", [("northern",), ("a/b",), ("new", "--url", "http://x.org/"),
              ("new", "--url", "https://x.org/", "--every", "1")],
)  # fmt: skip
def test_the_command_refuses_with_a_sentence(source, words):
    with pytest.raises(CommandError, match=r"\.$"):
        run("add_source", *words)


def test_the_command_shows_a_new_token_once(source):
    plain = run("feed_token", "create", source="northern", label="server").splitlines()[-1]
    assert find_token(plain).label == "server"
    assert plain not in run("feed_token", "list", source="northern")
    assert plain[:8] in run("feed_token", "list", source="northern")


def test_the_command_revokes_by_number(source):
    made = json.loads(run("feed_token", "create", source="northern", json=True))
    answer = json.loads(run("feed_token", "revoke", source="northern", id=made["id"], json=True))
    assert answer == {"id": made["id"], "revoked": True}
    assert find_token(made["token"]) is None
    listed = json.loads(run("feed_token", "list", source="northern", json=True))
    assert listed["tokens"][0]["revoked_at"]


def test_a_token_of_another_source_is_not_revoked(source):
    other = add_source(name="southern", actor=None)
    token, plain = make_token(source=other, label=None, actor=None)
    with pytest.raises(CommandError, match="has no token"):
        run("feed_token", "revoke", source="northern", id=token.pk)
    assert find_token(plain)


def test_tokens_of_an_unknown_source_are_refused():
    with pytest.raises(CommandError, match="There is no source"):
        run("feed_token", "list", source="nobody")
