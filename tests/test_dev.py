"""The parts of `./dev` that can be tried without installing or starting anything."""

import base64
import importlib.util
import os
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent / "dev"


@pytest.fixture(scope="module")
def dev():
    """The script as a module; it has no .py, so its loader has to be named."""
    loader = SourceFileLoader("dev_script", str(SCRIPT))
    spec = importlib.util.spec_from_loader("dev_script", loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules["dev_script"] = module  # dataclasses look themselves up there
    loader.exec_module(module)
    return module


@pytest.fixture
def state(dev, tmp_path, monkeypatch):
    monkeypatch.setattr(dev, "state_folder", lambda: tmp_path / "state")
    return tmp_path / "state"


# Debian packages


def test_only_packages_that_are_fully_installed_count_as_present(dev):
    listed = "installed redis-server\nconfig-files chromium\n"
    assert dev.missing_packages(["redis-server", "chromium", "git"], listed) == ["chromium", "git"]


def test_a_package_name_within_another_is_not_taken_for_it(dev):
    assert dev.missing_packages(["redis"], "installed redis-server\n") == ["redis"]


def test_what_the_query_says_about_unknown_packages_is_not_a_package(dev):
    said = "dpkg-query: no packages found matching chromium\n"
    assert dev.missing_packages(["chromium"], said) == ["chromium"]


def test_python_venv_is_wanted_only_where_python_has_no_ensurepip(dev, monkeypatch):
    monkeypatch.setattr(dev, "find_spec", lambda name: None)
    assert dev.with_venv_package(["redis-server"]) == ("python3-venv", "redis-server")
    monkeypatch.setattr(dev, "find_spec", lambda name: object())
    assert dev.with_venv_package(["redis-server"]) == ["redis-server"]


def test_a_user_without_sudo_is_told_what_to_do(dev, monkeypatch):
    monkeypatch.setattr(dev.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(dev.shutil, "which", lambda name: None)
    with pytest.raises(dev.RefusedError, match="as root once"):
        dev.as_root()


# The stamp over the requirements


@pytest.fixture
def requirements(dev, tmp_path):
    for name in dev.REQUIREMENTS:
        (tmp_path / name).write_text("django\n")
    return tmp_path


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_a_change_in_any_requirements_file_changes_the_stamp(dev, requirements, name):
    before = dev.stamp(requirements)
    (requirements / name).write_text("django==5.2\n")
    assert dev.stamp(requirements) != before


def test_an_environment_behind_a_link_is_left_to_whoever_owns_it(dev, tmp_path, monkeypatch):
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (tmp_path / ".venv").symlink_to(theirs)
    monkeypatch.setattr(dev, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(dev, "STAMP", tmp_path / ".venv" / "installed")
    with pytest.raises(dev.RefusedError, match="is a link"):
        dev.install_requirements()
    assert list(theirs.iterdir()) == []


def test_a_line_that_moves_to_the_next_file_changes_the_stamp(dev, requirements):
    before = dev.stamp(requirements)
    (requirements / "requirements.txt").write_text("")
    (requirements / "requirements-dev.txt").write_text("django\ndjango\n")
    assert dev.stamp(requirements) != before


def test_another_python_or_place_changes_the_first_line_of_the_stamp(dev, requirements):
    place, content, _ = dev.stamp(requirements, (3, 11)).split("\n")
    assert dev.stamp(requirements, (3, 13)).split("\n")[0] != place
    assert dev.stamp(requirements, (3, 13)).split("\n")[1] == content
    assert str(requirements) in place


# PostgreSQL


def test_the_newest_postgresql_with_postgis_is_taken(dev):
    found = [
        Path(f"/usr/share/postgresql/{version}/extension/postgis.control")
        for version in (9, 15, 17, 16)
    ]
    assert dev.postgres_folders(found)[0] == Path("/usr/lib/postgresql/17/bin")


def test_data_of_a_version_that_is_not_installed_is_refused(dev, tmp_path):
    (tmp_path / "PG_VERSION").write_text("8\n")
    with pytest.raises(dev.RefusedError, match="PostgreSQL 8"):
        dev.postgres_binaries(tmp_path)


def test_a_cluster_without_data_is_not_running(dev, tmp_path):
    assert not dev.Postgres(tmp_path, tmp_path).running()


def test_a_redis_without_a_socket_is_not_running(dev, tmp_path):
    assert not dev.Redis(tmp_path, tmp_path).running()


def test_the_sockets_path_leaves_room_within_107_characters(dev):
    longest = dev.LARGE / f"{dev.throw_away_prefix()}12345678" / ".s.PGSQL.5432.lock"
    assert len(str(longest)) < 107


# Folders


@pytest.fixture
def our_folders(dev, monkeypatch):
    """As if the servers ran as whoever runs the tests, root included."""
    monkeypatch.setattr(dev, "server_user", lambda: dev.pwd.getpwuid(os.geteuid()))


@pytest.mark.usefixtures("our_folders")
def test_a_private_folder_is_closed_to_others_even_if_it_was_open(dev, tmp_path):
    folder = tmp_path / "sockets"
    folder.mkdir(mode=0o755)
    assert dev.private_folder(folder).stat().st_mode & 0o777 == 0o700


@pytest.mark.usefixtures("our_folders")
def test_a_link_in_place_of_the_socket_folder_is_refused(dev, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "sockets").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(dev.RefusedError, match="remove it"):
        dev.private_folder(tmp_path / "sockets")


def test_another_users_socket_folder_is_refused(dev, tmp_path, monkeypatch):
    other = next(user for user in dev.pwd.getpwall() if user.pw_uid != os.geteuid())
    monkeypatch.setattr(dev, "server_user", lambda: other)
    (tmp_path / "sockets").mkdir()
    with pytest.raises(dev.RefusedError, match=f"not {other.pw_name}'s own folder"):
        dev.private_folder(tmp_path / "sockets")


# Locks


def test_a_lock_is_held_until_it_is_closed(dev, tmp_path):
    lock = dev.hold(tmp_path / "lock")
    assert dev.held(tmp_path / "lock")
    os.close(lock)
    assert not dev.held(tmp_path / "lock")


@pytest.mark.usefixtures("state")
def test_only_living_others_count_as_users_and_the_dead_ones_go(dev):
    uses = dev.uses_folder()
    lock = dev.hold(uses / "11")
    (uses / "12").touch()
    (uses / str(os.getpid())).touch()
    assert dev.others_using() == [11]
    assert not (uses / "12").exists()
    os.close(lock)


# The environment of the program


def test_the_push_key_is_32_bytes_of_unpadded_base64url_below_the_curves_order(dev):
    key = dev.vapid_private_key()
    number = int.from_bytes(base64.urlsafe_b64decode(f"{key}="), "big")
    assert len(key) == 43
    assert 0 < number < dev.P256_ORDER


def test_secrets_and_ports_are_kept_and_closed_to_others(dev, tmp_path):
    first = dev.kept_values(tmp_path)
    assert dev.kept_values(tmp_path) == first
    assert (tmp_path / "values.json").stat().st_mode & 0o777 == 0o600


def test_a_changed_port_is_kept_from_then_on(dev, tmp_path):
    dev.kept_values(tmp_path, port=8001)
    assert dev.kept_values(tmp_path)["port"] == 8001


@pytest.fixture
def settings_of(dev, tmp_path):
    """The program's environment, given what the shell has set."""

    def settings(inherited, *, fixed=False):
        program = dev.program_settings(dev.kept_values(tmp_path), tmp_path)
        servers = dev.server_settings(Path("/tmp/own"))
        return dev.environment(program, servers, inherited, fixed=fixed)

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


def test_the_owner_and_the_application_are_two_roles(settings_of):
    settings = settings_of({})
    assert settings["DATABASE_OWNER_URL"] != settings["DATABASE_URL"]


def test_other_variables_of_the_shell_pass_through(settings_of):
    assert settings_of({"LANG": "C.UTF-8"}, fixed=True)["LANG"] == "C.UTF-8"


def test_the_deployment_check_sees_a_site_on_https_without_debug(dev):
    settings = dev.deployed({"DEBUG": "true", "SITE_URL": "http://127.0.0.1:8000"})
    assert settings["DEBUG"] == "false"
    assert settings["SITE_URL"].startswith("https://")


# Ports


def test_a_taken_port_is_replaced_by_a_free_one(dev):
    with dev.socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert dev.free_port(port) not in {0, port}
    assert dev.free_port(port) == port


@pytest.mark.parametrize("text", ["0", "65536", "-1", "web"])
def test_what_is_no_port_is_an_error_of_usage(dev, text, capsys):
    with pytest.raises(SystemExit, match="2"):
        dev.run(["--port", text])
    assert text in capsys.readouterr().err


def test_running_on_a_taken_port_names_the_way_out(dev):
    with dev.socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(dev.RefusedError, match=f"Port {port} is taken.*--port {port + 1}"):
            dev.run(["--port", str(port)])


# Another moment


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2027-03-28T00:58", "2027-03-28T00:58:00+00:00"),
        ("2027-03-28T01:58+01:00", "2027-03-28T01:58:00+01:00"),
        ("2028-02-29", "2028-02-29T00:00:00+00:00"),
    ],
)
def test_a_moment_is_in_utc_unless_it_says_otherwise(dev, text, meant):
    assert dev.moment(text).isoformat() == meant


@pytest.mark.parametrize("text", ["2027-02-29T12:00", "tomorrow", "2027-03-28T25:00"])
def test_what_is_no_moment_is_an_error_of_usage(dev, text, capsys):
    with pytest.raises(SystemExit, match="2"):
        dev.test(["--at", text])
    assert text in capsys.readouterr().err


DAYS = 400
ASKED_TWICE = "import time; print(time.time()); time.sleep(0.2); print(time.time())"


@pytest.mark.parametrize("days", [DAYS, -DAYS])
def test_a_clock_that_was_moved_goes_on_from_there_and_python_sleeps_under_it(dev, days):
    moved = dict(os.environ) | dev.clock_ahead(days * 86_400)
    here = dev.by_the_real_clock(os.environ)
    clocks = [dev.quietly((sys.executable, "-c", ASKED_TWICE), env=env) for env in (here, moved)]
    (began, _), (first, second) = ([float(line) for line in each.split()] for each in clocks)
    assert round((first - began) / 86_400) == days
    assert second >= first + 0.2


def test_the_clock_is_the_real_one_again_when_the_tests_have_ended(dev, monkeypatch):
    monkeypatch.setattr(dev.os, "environ", {"PATH": "/bin"})
    with dev.clock_at(dev.moment("2028-02-29T12:00")):
        assert dev.os.environ["LD_PRELOAD"] == str(dev.clock_library())
    assert dev.os.environ == {"PATH": "/bin"}


# Commands


@pytest.mark.parametrize("words", [["-n", "4"], ["-n4"], ["--numprocesses=4"], ["--pdb"]])
def test_the_callers_choice_of_processes_is_kept(dev, words):
    assert dev.pytest_words(words) == words


def test_tests_run_on_two_processes_by_default(dev):
    assert dev.pytest_words(["-x", "tests/slots"]) == ["-n", "2", "-x", "tests/slots"]


def test_every_command_is_listed(dev):
    assert all(f"./dev {name}" in dev.usage() for name in dev.COMMANDS)


def test_an_unknown_command_is_an_error_of_usage(dev, capsys):
    assert dev.main(["deploy"]) == 2
    assert "There is no ./dev deploy." in capsys.readouterr().err


def test_a_failed_step_shows_the_last_of_what_it_said(dev):
    with pytest.raises(dev.RefusedError, match="no room"):
        dev.quietly(("sh", "-c", "echo no room >&2; exit 3"))


def test_a_program_that_stays_is_ended_with_the_others(dev):
    processes = dev.Processes(dict(os.environ))
    processes.start("stays", ("sleep", "60"))
    processes.start("ends", ("true",))
    assert processes.first_ended() == "ends"
    processes.stop()
    assert processes.running["stays"].returncode is not None


def test_a_program_that_ignores_being_asked_is_killed(dev, tmp_path):
    deaf = f"trap '' TERM; touch {tmp_path}/deaf; while :; do sleep 0.1; done"
    processes = dev.Processes(dict(os.environ))
    processes.start("deaf", ("sh", "-c", deaf))
    dev.wait_until((tmp_path / "deaf").exists, "It does not start.")
    processes._end(list(processes.running.values()), patience=0.1)
    assert processes.running["deaf"].wait() == -dev.signal.SIGKILL


@pytest.mark.parametrize("name", ["matching", "beat", "web"])
def test_what_ends_by_a_fault_of_its_own_is_started_again_and_the_mail_server_ends_all(
    dev, tmp_path, monkeypatch, name
):
    monkeypatch.setattr(dev, "SHORTEST_LIFE", 0)
    monkeypatch.setattr(dev, "announce", lambda port: None)
    began, enough = tmp_path / "began", tmp_path / "enough"
    worker = f"echo >> {began}; [ $(wc -l < {began}) = 3 ] && touch {enough}; exit 75"
    wanted = {
        "mail": ("sh", "-c", f"until [ -e {enough} ]; do sleep 0.1; done"),
        name: ("sh", "-c", worker),
    }
    assert dev.watch(dev.Processes(dict(os.environ)), wanted, 8000) == 1
    assert len(began.read_text().splitlines()) >= 3


def test_a_worker_that_cannot_even_start_ends_all(dev, tmp_path, monkeypatch):
    monkeypatch.setattr(dev, "announce", lambda port: None)
    processes = dev.Processes(dict(os.environ))
    began = tmp_path / "began"
    wanted = {"web": ("sleep", "60"), "email": ("sh", "-c", f"echo >> {began}; exit 1")}
    assert dev.watch(processes, wanted, 8000) == 1
    processes.stop()
    assert len(began.read_text().splitlines()) == 1


def test_each_queue_has_a_worker_of_its_own(dev, tmp_path):
    programs = dev.programs(8000, "8025", tmp_path)
    queues = [words[words.index("-Q") + 1] for words in programs.values() if "-Q" in words]
    assert queues == ["matching", "email", "push", "housekeeping"]
