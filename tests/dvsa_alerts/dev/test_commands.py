"""What `./dev` answers to what is typed."""

from dvsa_alerts.dev import commands


def test_every_command_is_listed():
    assert all(f"./dev {name}" in commands.usage() for name in commands.COMMANDS)


def test_an_unknown_command_is_an_error_of_usage(capsys):
    assert commands.main(["deploy"]) == 2
    assert "There is no ./dev deploy." in capsys.readouterr().err
