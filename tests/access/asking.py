"""A process of its own that asks for pages: `python -m tests.access.asking SESSION_KEY`.

Each line of input is a path; each line of output the status with which it was answered.
"""

import sys

import django


def main(session_key: str) -> None:
    """Ask with one session until the input ends."""
    django.setup()
    from django.conf import settings
    from django.test import Client

    client = Client(headers={"host": settings.ALLOWED_HOSTS[0]})
    client.cookies[settings.SESSION_COOKIE_NAME] = session_key
    for path in sys.stdin:
        status = client.get(path.strip(), secure=not settings.DEBUG).status_code
        sys.stdout.write(f"{status}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
