"""`send_test_mail` says in one sentence what the mail server answered."""

import json

import pytest
from django.core.management import CommandError, call_command

from tests.smtp_sink import Mood


def test_a_mail_that_is_accepted_is_said_in_the_servers_words(sink, capsys):
    call_command("send_test_mail", "ada@example.org")
    said = f"127.0.0.1:{sink.port} accepted a mail to ada@example.org: 250 "
    assert capsys.readouterr().out.startswith(said)
    assert sink.received[0].recipient == "ada@example.org"


def test_a_refusal_exits_1_with_the_servers_words(sink, capsys):
    sink.says["MAIL"] = "550 5.7.1 Blocked"
    with pytest.raises(SystemExit) as ended:
        call_command("send_test_mail", "ada@example.org", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert (ended.value.code, answer["accepted"], answer["said"]) == (1, False, "550 5.7.1 Blocked")


def test_a_server_that_is_away_exits_1_with_what_happened(sink, settings, capsys):
    settings.EMAIL_PORT = 1
    with pytest.raises(SystemExit) as ended:
        call_command("send_test_mail", "ada@example.org")
    assert ended.value.code == 1
    assert "did not accept a mail to ada@example.org: ConnectionRefused" in capsys.readouterr().out


def test_a_server_that_hangs_up_exits_1(sink, capsys):
    sink.mood = Mood.CLOSING
    with pytest.raises(SystemExit):
        call_command("send_test_mail", "ada@example.org")
    assert "did not accept a mail" in capsys.readouterr().out


def test_what_can_be_no_address_is_said():
    with pytest.raises(CommandError, match="can't be an email address"):
        call_command("send_test_mail", "no address\n")
