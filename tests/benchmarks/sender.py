"""One sender process: `python -m tests.benchmarks.sender CHANNEL`.

It sends what is due at each line it is given, and answers with how many were accepted.
"""

import sys

import django

django.setup()

from django.db import connection  # noqa: E402

from alerts.dispatch import dispatch  # noqa: E402

if __name__ == "__main__":
    connection.ensure_connection()
    print("ready", flush=True)  # noqa: T201
    for _ in sys.stdin:
        print(dispatch(sys.argv[1]).accepted, flush=True)  # noqa: T201
