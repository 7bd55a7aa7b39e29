"""Databases to back up and to restore into, beside the one that the tests use."""

import io
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from audit.chain import seal
from audit.trail import record
from tests import databases
from tests.drills.town import Town


@dataclass(frozen=True)
class Ran:
    """How a command ended: its exit code, and what it said."""

    code: int
    out: str
    error: str

    @property
    def answer(self) -> dict[str, Any]:
        """What it answered with --json."""
        assert self.code == 0, self.error
        return json.loads(self.out)


WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="module")
def town_database(django_db_setup, run_folder, django_db_blocker) -> Iterator[str]:
    """A database with learners, searches, slots, openings and a sealed audit log."""
    name = f"town_{WORKER}"
    with databases.only_one_process(run_folder / "template.lock"):
        databases.recreate(name, databases.TEMPLATE)
    with django_db_blocker.unblock(), databases.used_here(name):
        Town(1, learners=8, centers=4).open_slots(12)
        for number in range(6):
            record("test.done", actor=None, subject=None, number=number, word="naïve\tq\\n")
        seal()
    yield name
    databases.drop(name)


@pytest.fixture
def run_on(django_db_blocker) -> Callable[..., Ran]:
    """Runs a command in this process, as the owner of another database."""

    def run(database: str, *words: str) -> Ran:
        out, err = io.StringIO(), io.StringIO()
        code = 0
        with django_db_blocker.unblock(), databases.used_here(database, role="app_owner"):
            try:
                call_command(*words, stdout=out, stderr=err)
            except CommandError as error:
                return Ran(error.returncode, out.getvalue(), str(error))
            except SystemExit as error:
                code = int(str(error.code))
        return Ran(code, out.getvalue(), err.getvalue())

    return run


@pytest.fixture
def empty_database() -> Iterator[str]:
    """A database with extensions and nothing else."""
    name = f"empty_{WORKER}"
    databases.recreate(name)
    yield name
    databases.drop(name)
