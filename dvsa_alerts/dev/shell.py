"""Says what is done and runs programs. The standard library alone, as all of this folder: a bare
machine has nothing else."""

import contextlib
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
Environment = dict[str, str]
Command = Sequence[str | Path]


class RefusedError(Exception):
    """The reason why a command can't go on, in a sentence for who typed it."""


class Stopped(BaseException):
    """SIGTERM or SIGHUP has come."""


def say(text: str, end: str = "\n") -> None:
    print(text, end=end, file=sys.stderr, flush=True)


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    """Print what is being done and, when it is, the seconds it took."""
    began = time.monotonic()
    say(f"{name} ... ", end="")
    try:
        yield
    except BaseException:
        say("stopped")
        raise
    say(f"{time.monotonic() - began:.1f} s")


def last_lines(text: str, count: int = 30) -> str:
    return "\n".join(text.rstrip().splitlines()[-count:])


def call(command: Command, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a command and keep what it prints, errors included."""
    options |= {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.run(command, check=False, **options)


def quietly(command: Command, **options: Any) -> str:
    """The command's output; when it fails, RefusedError with the last of it."""
    result = call(command, **options)
    if result.returncode:
        words = shlex.join(str(word) for word in command)
        raise RefusedError(
            f"{last_lines(result.stdout)}\nThis failed ({result.returncode}): {words}"
        )
    return result.stdout


def tied_to_us(command: Command) -> Command:
    """The command, ended by the kernel should this process be killed."""
    return ("setpriv", "--pdeathsig", "TERM", *command)


def in_front(command: Command, env: Environment) -> int:
    """Run on the terminal and return the exit code.

    Ctrl-C reaches the command by itself; a signal to this process alone is passed on.
    """
    with subprocess.Popen(tied_to_us(command), cwd=ROOT, env=env) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue
            except Stopped:
                process.send_signal(signal.SIGINT)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Signals are left aside while something is put away."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def wait_until(true: Callable[[], bool], otherwise: str, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            raise RefusedError(otherwise)
        time.sleep(0.05)
