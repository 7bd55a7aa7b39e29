"""What the deployed site needs beside its code: its static files, collected; a fixture."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests import databases


@pytest.fixture(scope="session")
def static_files(run_folder: Path) -> None:
    """Collected once for each run, into the folder that git ignores."""
    words = ("collectstatic", "--noinput", "--verbosity", "0")
    with databases.only_one_process(run_folder / "static.lock"):
        if not (run_folder / "static-collected").exists():
            subprocess.run(
                [sys.executable, "manage.py", *words], cwd=settings.BASE_DIR, check=True,
                env=os.environ | {"DEBUG": "false"},
            )  # fmt: skip
            (run_folder / "static-collected").touch()
