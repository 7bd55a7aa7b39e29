"""How much memory processes of ours take at most."""

import re
import subprocess
import sys
from pathlib import Path

from django.conf import settings

_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")  # proc(5)

# What the kernel says of a process that has ended counts its parent's memory too.
_WATCHED = """
import atexit, runpy, sys
status = lambda: open("/proc/self/status").read()
atexit.register(lambda: sys.stdout.write(status()))
sys.argv[0] = "manage.py"
runpy.run_path("manage.py", run_name="__main__")
"""


def peak_of(process: int) -> int:
    """KiB that a running process has taken at most so far."""
    return _peak(Path(f"/proc/{process}/status").read_text())


def peak_of_command(*words: str) -> int:
    """KiB that `manage.py` takes at most for a command; it has to succeed."""
    result = subprocess.run(
        [sys.executable, "-c", _WATCHED, *words],
        cwd=settings.BASE_DIR, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return _peak(result.stdout)


def _peak(status: str) -> int:
    found = _PEAK.search(status)
    assert found, status
    return int(found[1])
