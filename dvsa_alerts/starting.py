"""Before a server begins: are the settings right, and is this machine fit for them?"""

import os
import shlex
import shutil
import sys
from typing import Any

from django.conf import settings
from django.core.checks import Error

from dvsa_alerts.environment import Environment, WrongSettings, read_environment, sentences
from dvsa_alerts.operations.backups.encryption import Recipient


def environment_or_exit() -> Environment:
    """The settings; ends the process with a sentence for each that is wrong, and no traceback."""
    try:
        return read_environment()
    except WrongSettings as error:
        sys.exit(str(error))


def fit_environment_or_exit() -> Environment:
    """The same, and this machine has all that they name."""
    environment = environment_or_exit()
    if faults := faults_here(environment):
        sys.exit("\n".join(sentences(faults)))
    return environment


def faults_here(environment: Environment) -> dict[str, str]:
    """What this machine lacks that a variable names, by the variable."""
    faults = {}
    folder = environment.backup_dir
    if folder and not (os.path.isdir(folder) and os.access(folder, os.X_OK)):
        faults["BACKUP_DIR"] = f"names {folder}, which is no folder here that this user may enter"
    if environment.backup_encrypt_to:
        program = Recipient(environment.backup_encrypt_to).program
        if not shutil.which(program):
            faults["BACKUP_ENCRYPT_TO"] = f"needs {program}, which is not installed"
    copying = environment.backup_copy_command
    if copying and not shutil.which(shlex.split(copying)[0]):
        faults["BACKUP_COPY_COMMAND"] = f"names {shlex.split(copying)[0]}, which can't be run here"
    return faults


def check_machine(app_configs: Any, **kwargs: Any) -> list[Error]:
    """The same as a check of Django's, for `check --deploy`."""
    faults = faults_here(settings.ENVIRONMENT)
    return [Error(says, id="dvsa_alerts.E001") for says in sentences(faults)]
