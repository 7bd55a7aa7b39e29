"""What a new installation starts with: sectors and outcodes to find a postcode by, and centres."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction

from centers.importing.changes import apply_plan, plan_import
from centers.importing.files import read_rows
from centers.models import Center, PostcodeArea

DATA = Path(__file__).parent / "data"
FILES = {
    PostcodeArea.Kind.SECTOR: "postcode_sectors.csv",
    PostcodeArea.Kind.OUTCODE: "postcode_outcodes.csv",
}


@dataclass(frozen=True)
class Bundled:
    """How many rows were loaded; none where there were some already."""

    areas: int
    centers: int


@transaction.atomic
def load_bundled() -> Bundled:
    """Load the bundled sectors, outcodes and centres into whichever of the tables is empty."""
    if PostcodeArea.objects.exists() and Center.objects.exists():
        return Bundled(0, 0)
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE centers_postcodearea IN SHARE ROW EXCLUSIVE MODE")
    areas = 0 if PostcodeArea.objects.exists() else _load_areas()
    return Bundled(areas, 0 if Center.objects.exists() else _load_centers())


def _load_areas() -> int:
    areas = [area for kind, name in FILES.items() for area in _areas(kind, DATA / name)]
    return len(PostcodeArea.objects.bulk_create(areas, batch_size=2000))


def _areas(kind: PostcodeArea.Kind, path: Path) -> Iterator[PostcodeArea]:
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            yield PostcodeArea(
                kind=kind,
                area=row[kind.value],
                latitude=float(row["latitude"]),
                longitude=float(row["longitude"]),
            )


def _load_centers() -> int:
    with (DATA / "test_centers.csv").open("rb") as file:
        plan = plan_import(read_rows(file))
    apply_plan(plan, actor=None)
    return len(plan.created)
