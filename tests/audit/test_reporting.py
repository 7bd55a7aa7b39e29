"""`--json`: one JSON object, of what is refused and of words that aren't taken too."""

import json
import sys

import pytest
from django.core.management import CommandError, call_command

from slots.management.commands.add_source import Command


def test_words_that_are_not_taken_are_json_too(monkeypatch, capsys):
    words = ["manage.py", "add_source", "--json", "--how"]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as end:
        Command().run_from_argv(words)
    assert end.value.code == 2
    said = json.loads(capsys.readouterr().out)
    assert (said["status"], "required: name" in said["reason"]) == ("usage", True)


@pytest.mark.django_db
def test_what_is_refused_is_json_too(capsys):
    call_command("add_source", "northern")
    capsys.readouterr()
    with pytest.raises(CommandError):
        call_command("add_source", "northern", "--json")
    reason = "There is a source northern already."
    assert json.loads(capsys.readouterr().out) == {"status": "refused", "reason": reason}
