"""What the program is given, whatever the shell has set."""

import base64
import socket
from pathlib import Path

import pytest

from dvsa_alerts.dev import environment


def test_the_push_key_is_32_bytes_of_unpadded_base64url_below_the_curves_order():
    key = environment.vapid_private_key()
    number = int.from_bytes(base64.urlsafe_b64decode(f"{key}="), "big")
    assert len(key) == 43
    assert 0 < number < environment.P256_ORDER


def test_secrets_and_ports_are_kept_and_closed_to_others(tmp_path):
    first = environment.kept_values(tmp_path)
    assert environment.kept_values(tmp_path) == first
    assert (tmp_path / "values.json").stat().st_mode & 0o777 == 0o600


def test_a_changed_port_is_kept_from_then_on(tmp_path):
    environment.kept_values(tmp_path, port=8001)
    assert environment.kept_values(tmp_path)["port"] == 8001


@pytest.fixture
def settings_of(tmp_path):
    """The program's environment, given what the shell has set."""

    def settings(inherited, *, fixed=False):
        program = environment.program_settings(environment.kept_values(tmp_path), tmp_path)
        servers = environment.server_settings(Path("/tmp/own"))
        return environment.environment(program, servers, inherited, fixed=fixed)

    return settings


def test_a_variable_set_in_the_shell_wins_over_the_default(settings_of):
    assert settings_of({"SITE_NAME": "Ours"})["SITE_NAME"] == "Ours"


def test_no_variable_set_in_the_shell_changes_a_test(settings_of):
    assert settings_of({"DEBUG": "false"}, fixed=True)["DEBUG"] == "true"


@pytest.mark.parametrize("fixed", [True, False])
def test_a_foreign_database_in_the_shell_is_never_used(settings_of, fixed):
    foreign = {"DATABASE_URL": "postgis://live/app", "PGPORT": "5433", "PGHOST": "live"}
    settings = settings_of(foreign, fixed=fixed)
    assert settings["DATABASE_URL"] == "postgis://app@/app?host=/tmp/own"
    assert settings["PGHOST"] == "/tmp/own"
    assert "PGPORT" not in settings


def test_what_python_has_compiled_is_kept_for_the_next_process(settings_of):
    assert "PYTHONDONTWRITEBYTECODE" not in settings_of({"PYTHONDONTWRITEBYTECODE": "1"})


def test_the_owner_and_the_application_are_two_roles(settings_of):
    settings = settings_of({})
    assert settings["DATABASE_OWNER_URL"] != settings["DATABASE_URL"]


def test_other_variables_of_the_shell_pass_through(settings_of):
    assert settings_of({"LANG": "C.UTF-8"}, fixed=True)["LANG"] == "C.UTF-8"


def test_a_taken_port_is_replaced_by_a_free_one():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert environment.free_port(port) not in {0, port}
    assert environment.free_port(port) == port
