"""What `./dev` takes, and how it ends."""

import signal
from collections.abc import Callable, Sequence

from .audit import audit
from .checks import bench, check, test
from .install import lock
from .run import down, manage, run
from .shell import RefusedError, Stopped, say

COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    command.__name__: command for command in (run, test, check, bench, manage, lock, audit, down)
}


def usage() -> str:
    lines = (f"  ./dev {(command.__doc__ or '').rstrip()}" for command in COMMANDS.values())
    return "\n".join(("Sets up what is missing, then:", "", *lines))


def interrupt(number: int, frame: object) -> None:
    raise Stopped(number)


def listen_to_signals() -> None:
    """Also to SIGINT where a script's `&` has turned it off, but not past a nohup."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, interrupt)
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        signal.signal(signal.SIGHUP, interrupt)


def main(words: Sequence[str]) -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        print(usage())
        return 0
    if words[0] not in COMMANDS:
        say(f"There is no ./dev {words[0]}.\n{usage()}")
        return 2
    listen_to_signals()
    try:
        return COMMANDS[words[0]](words[1:])
    except RefusedError as refused:
        say(str(refused))
        return 1
    except (KeyboardInterrupt, Stopped):
        return 130
