"""The site with its workers, side by side; `manage.py`; and the end of it all."""

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from alerts.channels import QUEUES as SENDING

from .environment import development_environment, free_port, kept_values
from .folders import FILLED, held, make_state_folder, others_using, set_up_lock, uses_folder
from .install import set_up
from .services import development_servers, start_development_servers, stop, stop_unless_used, sweep
from .shell import (
    PYTHON,
    ROOT,
    Command,
    Environment,
    RefusedError,
    Stopped,
    quietly,
    say,
    step,
    tied_to_us,
    undisturbed,
    wait_until,
)

LAST_PORT = 65535
COLOURS = (36, 33, 32, 35, 34)


class Processes:
    """Runs programs side by side, each line they print with the name in front."""

    def __init__(self, env: Environment) -> None:
        self.env = env
        self.running: dict[str, subprocess.Popen[str]] = {}
        self._began: dict[str, float] = {}

    def start(self, name: str, command: Command) -> None:
        """In a session of its own: a Ctrl-C is ours to pass on, once."""
        process = subprocess.Popen(
            tied_to_us(command),
            cwd=ROOT,
            env=self.env,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.running[name] = process
        self._began[name] = time.monotonic()
        colour = COLOURS[list(self.running).index(name) % len(COLOURS)]
        threading.Thread(target=self._print, args=(name, colour), daemon=True).start()

    def first_ended(self) -> str:
        """Wait until one ends by itself; its name."""
        while True:
            for name, process in self.running.items():
                if process.poll() is not None:
                    return name
            time.sleep(0.2)

    def age(self, name: str) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self._began[name]

    def stop(self) -> None:
        """The first started last: the others may still need it."""
        first, *others = self.running.values()
        self._end(others)
        self._end([first])

    @staticmethod
    def _end(processes: Sequence[subprocess.Popen[str]], patience: float = 15) -> None:
        for process in processes:
            process.terminate()
        until = time.monotonic() + patience
        for process in processes:
            try:
                process.wait(max(0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)

    def _print(self, name: str, colour: int) -> None:
        label = f"{name:<12} | "
        if sys.stdout.isatty():
            label = f"\033[{colour}m{label}\033[0m"
        for line in self.running[name].stdout or ():
            print(f"{label}{line}", end="", flush=True)


# A worker for each queue, so that a thousand mails to be sent never keep matching waiting.
QUEUES = ("matching", *SENDING, "housekeeping")
# What ends for a fault of its own is started again, unless it ends at once; so is a web server that
# met code half written.
REPLACED = (*QUEUES, "beat", "web")
SHORTEST_LIFE = 10
# Workers have nothing to tell one another, and fewer connections to lose.
SILENT = ("--without-gossip", "--without-mingle", "--without-heartbeat")


def programs(port: int, mail_port: str, folder: Path) -> dict[str, tuple[str | Path, ...]]:
    """What `./dev run` runs, in the order of starting."""
    celery = ("-m", "celery", "--quiet", "-A", "dvsa_alerts")
    listen = ("-b", f"127.0.0.1:{port}", "--workers", "1", "--threads", "4", "--reload")
    ends = ("--graceful-timeout", "5", "--no-control-socket")
    log = ("--loglevel", "WARNING")
    simulate = ("simulate_source", "--speed", "60", "--seed", "1")
    mail = ("dev_mail", "--port", mail_port, "--dir", folder / "mail")
    return {
        "mail": (PYTHON, "manage.py", *mail),
        "web": (PYTHON, "-m", "gunicorn", "dvsa_alerts.wsgi", *listen, *ends),
        **{queue: (PYTHON, *celery, *worker_words(queue), *log) for queue in QUEUES},
        "beat": (PYTHON, *celery, "beat", "-s", folder / "beat-schedule", *log),
        "simulator": (PYTHON, "manage.py", *simulate),
    }


def worker_words(queue: str) -> tuple[str, ...]:
    """One task at a time, under a name of its own."""
    return ("worker", "-Q", queue, "-c", "1", "-n", f"{queue}@%h", *SILENT)


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def run(words: Sequence[str]) -> int:
    """run [--port N]     the site at http://127.0.0.1:8000, its worker, beat, mail and simulator"""
    parser = argparse.ArgumentParser("./dev run")
    parser.add_argument("--port", type=port_number, default=8000, help="default: 8000")
    port = parser.parse_args(words).port
    if free_port(port) != port:
        raise RefusedError(f"Port {port} is taken: free it, or try ./dev run --port {port + 1}.")
    set_up()
    started, _ = start_development_servers()
    try:
        return run_programs(port)
    finally:
        with undisturbed():
            stop_unless_used(started)


def port_number(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= LAST_PORT:
        raise argparse.ArgumentTypeError(f"{text} is not a port: give a number up to {LAST_PORT}")
    return int(text)


def run_programs(port: int) -> int:
    folder = make_state_folder()
    mail_port = free_port(kept_values(folder)["mail_port"])
    env = development_environment(port=port, mail_port=mail_port)
    fill_database(env, folder)
    processes = Processes(env)
    try:
        return watch(processes, programs(port, str(mail_port), folder), port)
    except (KeyboardInterrupt, Stopped):
        return 0
    finally:
        say("Stopping.")
        with undisturbed():
            processes.stop()


def watch(processes: Processes, wanted: Mapping[str, Command], port: int) -> int:
    """Start all, say where the site is once it answers, and wait for one to end for good."""
    for name, command in wanted.items():
        processes.start(name, command)
    threading.Thread(target=announce, args=(port,), daemon=True).start()
    while True:
        ended = processes.first_ended()
        code = processes.running[ended].returncode
        if ended not in REPLACED or processes.age(ended) < SHORTEST_LIFE:
            say(f"{ended} has ended with {code}; so the others do too.")
            return 1
        say(f"{ended} has ended with {code} and is started again.")
        processes.start(ended, wanted[ended])


def announce(port: int) -> None:
    with contextlib.suppress(RefusedError):
        wait_until(lambda: answers(port), "The site does not answer.", seconds=120)
        url = f"http://127.0.0.1:{port}"
        say(f"\nThe site is at {url} and its mail at {url}/dev/mail/ (Ctrl-C stops all).\n")


def fill_database(env: Environment, folder: Path) -> None:
    """Bring the schema up to date, and load what a new installation starts with."""
    for name, command in (("Migrating", "migrate"), ("Loading centres", "load_bundled_data")):
        with step(name):
            quietly((PYTHON, "manage.py", command), cwd=ROOT, env=env)
    (folder / FILLED).touch()


def manage(words: Sequence[str]) -> int:
    """manage ...         manage.py with the database of ./dev run"""
    set_up()
    started, lock = start_development_servers()
    if started:
        say("PostgreSQL and Redis go on running: ./dev down stops them.")
    env, folder = development_environment(), make_state_folder()
    if not (folder / FILLED).exists():
        fill_database(env, folder)
    os.set_inheritable(lock, True)
    os.chdir(ROOT)
    os.execve(PYTHON, (PYTHON, "manage.py", *words), env)


def down(words: Sequence[str]) -> int:
    """down               stops whatever is left running"""
    with set_up_lock():
        using = others_using()
    for number in using:
        os.kill(number, signal.SIGTERM)
    if using:
        with step("Waiting for the other ./dev to end"):
            files = [uses_folder() / str(number) for number in using]
            wait_until(lambda: not any(map(held, files)), "It does not end.", seconds=60)
    with set_up_lock():
        sweep()
        running = [server for server in development_servers() if server.running()]
        stop(running)
    say(
        f"Stopped {' and '.join(server.name for server in running)}." if running else "All is down."
    )
    return 0
