"""Programs side by side."""

import os
import signal
import socket

import pytest
from django.conf import settings

from dvsa_alerts.dev import run, shell


@pytest.mark.parametrize("text", ["0", "65536", "-1", "web"])
def test_what_is_no_port_is_an_error_of_usage(text, capsys):
    with pytest.raises(SystemExit, match="2"):
        run.run(["--port", text])
    assert text in capsys.readouterr().err


def test_running_on_a_taken_port_names_the_way_out():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(shell.RefusedError, match=f"Port {port} is taken.*--port {port + 1}"):
            run.run(["--port", str(port)])


def test_a_program_that_stays_is_ended_with_the_others():
    processes = run.Processes(dict(os.environ))
    processes.start("stays", ("sleep", "60"))
    processes.start("ends", ("true",))
    assert processes.first_ended() == "ends"
    processes.stop()
    assert processes.running["stays"].returncode is not None


def test_a_program_that_ignores_being_asked_is_killed(tmp_path):
    stubborn = f"trap '' TERM; touch {tmp_path}/stubborn; while :; do sleep 0.1; done"
    processes = run.Processes(dict(os.environ))
    processes.start("stubborn", ("sh", "-c", stubborn))
    shell.wait_until((tmp_path / "stubborn").exists, "It does not start.")
    processes._end(list(processes.running.values()), patience=0.1)
    assert processes.running["stubborn"].wait() == -signal.SIGKILL


@pytest.mark.parametrize("name", ["matching", "beat", "web"])
def test_what_ends_by_a_fault_of_its_own_is_started_again_and_the_mail_server_ends_all(
    tmp_path, monkeypatch, name
):
    monkeypatch.setattr(run, "SHORTEST_LIFE", 0)
    monkeypatch.setattr(run, "announce", lambda port: None)
    began, enough = tmp_path / "began", tmp_path / "enough"
    worker = f"echo >> {began}; [ $(wc -l < {began}) = 3 ] && touch {enough}; exit 75"
    wanted = {
        "mail": ("sh", "-c", f"until [ -e {enough} ]; do sleep 0.1; done"),
        name: ("sh", "-c", worker),
    }
    assert run.watch(run.Processes(dict(os.environ)), wanted, 8000) == 1
    assert len(began.read_text().splitlines()) >= 3


def test_a_worker_that_cannot_even_start_ends_all(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "announce", lambda port: None)
    processes = run.Processes(dict(os.environ))
    began = tmp_path / "began"
    wanted = {"web": ("sleep", "60"), "email": ("sh", "-c", f"echo >> {began}; exit 1")}
    assert run.watch(processes, wanted, 8000) == 1
    processes.stop()
    assert len(began.read_text().splitlines()) == 1


def test_each_queue_has_a_worker_of_its_own(tmp_path):
    programs = run.programs(8000, "8025", tmp_path)
    queues = [words[words.index("-Q") + 1] for words in programs.values() if "-Q" in words]
    assert queues == list(settings.QUEUES)
