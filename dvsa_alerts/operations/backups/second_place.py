"""Copying what a backup left in its folder to a second place, by a command of the operator's."""

import shlex
import subprocess
from collections.abc import Iterable
from pathlib import Path

from dvsa_alerts.operations.backups.encryption import environment, last_words
from dvsa_alerts.operations.backups.files import BadBackup


def copy_to_second_place(command: str, files: Iterable[Path]) -> None:
    """Run the command once for each file, whose path is its last word; raises BadBackup."""
    for file in files:
        try:
            done = subprocess.run(
                [*shlex.split(command), str(file)], stdin=subprocess.DEVNULL, capture_output=True,
                env=environment(), check=False,
            )  # fmt: skip
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise BadBackup(f"{file} is made, but not copied: {reason}.") from error
        if done.returncode:
            said = last_words(done.stderr or done.stdout)
            raise BadBackup(f"{file} is made, but not copied: {said}.")
