"""A stalled worker, which keeps its process but takes nothing more from Redis, ends itself.

What started it (`./dev run`, systemd) starts another. Seen after Redis had been restarted: a
process that is there, answers its connection and does nothing is noticed by nothing else.
"""

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any

from celery.signals import task_received, worker_ready
from celery.worker.state import active_requests
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

EXIT_STALLED = os.EX_TEMPFAIL
CHECK_EVERY = 5.0
# Messages that lie in its queues for so many seconds, while it has a process free and takes none.
PATIENCE = 20.0
IMPATIENT = {"socket_connect_timeout": 1.0, "socket_timeout": 1.0}


class Consuming:
    """Whether one worker still takes what waits for it; all times are monotonic seconds."""

    def __init__(self, now: float) -> None:
        self._numbers = count(1)
        self._taken = self._seen = 0
        self._ignores_since = now

    def take(self, **kwargs: Any) -> None:
        """A task has come; receives `task_received`."""
        self._taken = next(self._numbers)

    def ignored_for(self, now: float, *, waiting: bool) -> float:
        """For how long messages have been waiting without one being taken."""
        if not waiting or self._taken != self._seen:
            self._seen, self._ignores_since = self._taken, now
        return now - self._ignores_since


class Watchdog(threading.Thread):
    """Checks every few seconds whether its worker still consumes; `end` ends the process."""

    def __init__(self, consumer: Any, end: Callable[[Any], None]) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._consumer, self._end = consumer, end
        self._consuming = Consuming(time.monotonic())
        task_received.connect(self._consuming.take, weak=False)

    def run(self) -> None:
        """Check until the worker has stalled, and tell systemd each time that it hasn't."""
        _tell_systemd("READY=1")
        while not self._is_stalled():
            _tell_systemd("WATCHDOG=1")
            time.sleep(CHECK_EVERY)
        logger.critical("messages are waiting and none is taken: this worker ends to be replaced")
        self._end(self._consumer)

    def _is_stalled(self) -> bool:
        ignored = self._consuming.ignored_for(time.monotonic(), waiting=self._messages_wait())
        return ignored > self._patience()

    def _patience(self) -> float:
        """While all its processes are at work it may take nothing, until a time limit ends them."""
        busy = len(active_requests) >= self._consumer.pool.num_processes
        return PATIENCE + (self._consumer.app.conf.task_time_limit if busy else 0)

    def _messages_wait(self) -> bool:
        """False also when Redis doesn't answer: then there is nothing to take."""
        queues = [queue.name for queue in self._consumer.task_consumer.queues]
        try:
            with self._consumer.app.connection_for_read(transport_options=IMPATIENT) as connection:
                connection.ensure_connection(max_retries=1, timeout=2)
                with connection.channel() as channel:
                    return any(channel.client.llen(queue) for queue in queues)
        except (OperationalError, RedisError, OSError):
            return False


def end_at_once(consumer: Any) -> None:
    """Exit without Celery's warm shutdown, which a stalled worker never completes."""
    for process_id in consumer.pool.info["processes"]:
        with suppress(OSError):
            os.kill(process_id, signal.SIGTERM)
    os._exit(EXIT_STALLED)


def watch() -> None:
    """Let each worker of this program watch itself."""
    worker_ready.connect(_watch, weak=False)


def _watch(sender: Any, **kwargs: Any) -> None:
    Watchdog(sender, end_at_once).start()


def _tell_systemd(state: str) -> None:
    """What a unit with Type=notify and WatchdogSec waits for; nothing without one."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line, suppress(OSError):
            line.sendto(state.encode(), address.replace("@", "\0", 1))
