"""Python's sleep under `./dev test --at`, where this folder is on every Python's path.

libfaketime takes the end of a sleep, which Python reads from the clock that never jumps
(`clock_nanosleep` with TIMER_ABSTIME), for an end by the day's clock: no sleep would end. What
`select` waits for is a length of time.
"""

import select
import time
from typing import SupportsIndex


def sleep(seconds: float | SupportsIndex, /) -> None:
    """As time.sleep()."""
    select.select((), (), (), float(seconds))


time.sleep = sleep
