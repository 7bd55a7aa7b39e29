"""Fills in the example of an environment file, as an operator does in an editor."""

import os
import secrets
import sys
from pathlib import Path


def fill(file: Path) -> None:
    """The secrets, and where PostgreSQL and Redis are in the folder that stands for a machine."""
    place = os.environ["SANDBOX"]
    values = {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "VAPID_PRIVATE_KEY": "A" * 42 + "E",
        "DATABASE_URL": f"postgis://app:secret@/app?host={place}",
        "DATABASE_OWNER_URL": f"postgis://app_owner:secret@/app?host={place}",
        "REDIS_URL": f"redis+socket://{place}/redis.sock",
    }
    lines = []
    for line in file.read_text().splitlines():
        name = line.partition("=")[0]
        lines.append(f"{name}={values[name]}" if name in values else line)
    file.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    fill(Path(sys.argv[1]))
