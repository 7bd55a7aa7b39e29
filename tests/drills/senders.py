"""Worker processes of a drill, real ones, and ways to do them harm."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path

from django.conf import settings

from dvsa_alerts import periodic
from dvsa_alerts.dev.run import SILENT

QUEUES = ",".join(periodic.QUEUES)


class Program:
    """A process of ours in a session of its own, its output in a file.

    It is told what this process was told, but for the variables in `without`, and `environment`.
    """

    def __init__(
        self, *words: str, log: Path, without: Collection[str] = (), **environment: str
    ) -> None:
        self.log = log
        kept = {name: value for name, value in os.environ.items() if name not in without}
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, *words],
                cwd=settings.BASE_DIR,
                env=kept | environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def children(self) -> list[int]:
        """The process ids of its children."""
        found = subprocess.run(
            ["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True, check=False
        )
        return [int(number) for number in found.stdout.split()]

    def kill(self) -> None:
        """SIGKILL to it and all its children."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.process.wait(30)

    def stop(self) -> None:
        """Ask it to end; kill it if it doesn't."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()

    def said(self) -> str:
        """All that it has printed."""
        return self.log.read_text(errors="replace")


def worker(
    log: Path,
    *,
    redis: str,
    processes: int = 2,
    queues: str = QUEUES,
    minutes_off: int = 0,
    loglevel: str = "WARNING",
    **environment: str,
) -> Program:
    """A Celery worker, on all queues and with the right clock unless said otherwise."""
    words = ("worker", "-Q", queues, "-n", f"{log.name}@%h", "-c", str(processes))
    return _celery(
        *words, *SILENT, minutes_off=minutes_off, loglevel=loglevel,
        log=log, REDIS_URL=redis, **environment,
    )  # fmt: skip


def beat(log: Path, *, redis: str, minutes_off: int = 0, **environment: str) -> Program:
    """Celery's clock, which asks for each task every few seconds."""
    words = ("beat", "-s", str(log.with_suffix(".schedule")))
    return _celery(*words, minutes_off=minutes_off, log=log, REDIS_URL=redis, **environment)


def _celery(
    *words: str, minutes_off: int, log: Path, loglevel: str = "WARNING", **environment: str
) -> Program:
    """Celery's own program, or one that is it but for its clock."""
    program: tuple[str, ...] = ("-m", "celery", "--quiet", "-A", "dvsa_alerts")
    if minutes_off:
        program = ("-m", "tests.drills.wrong_clock", str(minutes_off))
    return Program(*program, *words, "--loglevel", loglevel, log=log, **environment)


def dispatcher(log: Path, **environment: str) -> Program:
    """`dispatch_alerts --loop`, which needs neither Celery nor Redis."""
    return Program("manage.py", "dispatch_alerts", "--loop", log=log, **environment)


def matcher(log: Path, **environment: str) -> Program:
    """`match_openings --loop`, which needs neither Celery nor Redis."""
    return Program("manage.py", "match_openings", "--loop", log=log, **environment)


class Killer(threading.Thread):
    """SIGKILLs one of the programs every so many seconds and starts another in its place."""

    def __init__(
        self,
        start: Callable[[], Program],
        count: int,
        rng: random.Random,
        every: tuple[float, float],
    ) -> None:
        super().__init__(daemon=True)
        self._start, self._rng, self._every = start, rng, every
        self.programs = [start() for _ in range(count)]
        self._over = threading.Event()
        self.kills = 0

    def run(self) -> None:
        while not self._over.wait(self._rng.uniform(*self._every)):
            place = self._rng.randrange(len(self.programs))
            self.programs[place].kill()
            self.programs[place] = self._start()
            self.kills += 1

    def end(self) -> None:
        """Kill no more."""
        self._over.set()
        self.join(10)

    def kill_all(self) -> None:
        """The end of the drill."""
        self.end()
        for program in self.programs:
            program.kill()


def pause(seconds: float) -> None:
    """Let real time pass."""
    time.sleep(seconds)
