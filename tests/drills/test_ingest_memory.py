"""An import's memory does not grow with its file."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from centers.models import Center
from tests.drills.feeds import a_day
from tests.memory import peak_of_command

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill]

FEW, MANY = 15_000, 90_000
# The interpreter's own unsteadiness; MANY rows in memory would take several times that.
SLACK = 12 * 1024  # KiB


@pytest.fixture(autouse=True)
def center(transactional_db) -> None:
    Center.objects.create(name="A", code="A", postcode="IG3 9UZ")


def starts(count: int) -> Iterator[tuple[str, str]]:
    for number in range(count):
        day = a_day() + timedelta(days=number // 1440)
        yield day.isoformat(), f"{number // 60 % 24:02}:{number % 60:02}"


def write_csv(file: Path, count: int) -> Path:
    lines = [f"A,practical,{day},{at}\n" for day, at in starts(count)]
    file.write_text("".join(["center,test_type,date,time\n", *lines]))
    return file


def write_json(file: Path, count: int) -> Path:
    rows = [
        {"center": "A", "test_type": "practical", "date": day, "time": at}
        for day, at in starts(count)
    ]
    said = {"sequence": 1, "observed_at": datetime.now(UTC).isoformat(), "slots": rows}
    file.write_text(json.dumps(said))
    return file


def peak(file: Path) -> int:
    """KiB of memory that an import of a file takes at most."""
    return peak_of_command("import_slots", str(file), "--source", "x", "--create", "--dry-run")


@pytest.mark.parametrize("write", [write_csv, write_json])
def test_six_times_the_rows_take_the_same_memory(write, tmp_path):
    name = "rows.csv" if write is write_csv else "rows.json"
    few = peak(write(tmp_path / name, FEW))
    many = peak(write(tmp_path / name, MANY))
    assert many - few < SLACK
