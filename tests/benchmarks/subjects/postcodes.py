"""Loading every postcode, beside psql's `\\copy` of the same file and an index."""

import csv
import random
import subprocess
import tempfile
from collections.abc import Iterator
from functools import partial
from itertools import product
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection

from centers.bundled import DATA
from centers.loading.replacing import load_postcodes
from tests.benchmarks.figures import Figure, longer
from tests.benchmarks.measuring import in_turns, same
from tests.benchmarks.world import World, owner_at_rest

ROWS = 1_700_000
# Letters of the second half of a postcode (Royal Mail leaves out C I K M O V).
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
BARE = """
DROP TABLE IF EXISTS bench.postcode;
CREATE TABLE bench.postcode (postcode varchar(8) COLLATE "C",
                             latitude double precision, longitude double precision);
GRANT SELECT ON bench.postcode TO PUBLIC
"""
EMPTY_BARE = "TRUNCATE bench.postcode; DROP INDEX IF EXISTS bench.postcode_key"
EMPTY = f"TRUNCATE centers_postcode; {EMPTY_BARE}"
STORED = "SELECT postcode, latitude, longitude FROM {} ORDER BY postcode"


def compare(world: World, rounds: int) -> Iterator[Figure]:
    """A first load into the empty table, then loads that find almost all rows as they are."""
    rounds = min(rounds, 5)
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder, owner_at_rest() as owner:
        files = [Path(folder, "postcodes.csv"), Path(folder, "later.csv")]
        wanted = round(ROWS * world.scale)
        count = f"{write(files[0], wanted, world.seed, moved=0):,} postcodes loaded"
        write(files[1], wanted, world.seed, moved=1)
        owner.execute(BARE)
        try:
            _check(owner, files[0])
            first = in_turns(partial(_ours, files[:1]), partial(_psql, files[0]), rounds=rounds,
                             before=lambda: owner.execute(EMPTY))  # fmt: skip
            yield longer("postcodes", f"{count} for the first time", first, at_most=1.5)
            _ours(files)
            again = in_turns(partial(_ours, files), partial(_psql, files[0]), rounds=rounds,
                             before=lambda: owner.execute(EMPTY_BARE))  # fmt: skip
            what = f"{count} again, one in 200 of them moved"
            yield longer("postcodes", what, again, at_most=1.5)
        finally:
            owner.execute(f"{EMPTY}; DROP TABLE bench.postcode")


def _check(owner: psycopg.Connection, file: Path) -> None:
    owner.execute(EMPTY)
    _ours([file])
    _psql(file)
    same(_stored("centers_postcode"), _stored("bench.postcode"), "postcodes")


def _ours(files: list[Path]) -> None:
    """Load the first file, and put it last."""
    load_postcodes(files[0], actor=None)
    files.append(files.pop(0))


def write(file: Path, wanted: int, seed: int, *, moved: int) -> int:
    """Postcodes in the order of the directories, around the bundled sectors; how many.

    With `moved`, one in 200 lies elsewhere.
    """
    choose = random.Random(seed)
    with (DATA / "postcode_sectors.csv").open(newline="") as rows:
        sectors = sorted(csv.DictReader(rows), key=lambda row: row["sector"])
    each = max(1, wanted // len(sectors))
    sectors = sectors[: wanted // each]
    units = ["".join(pair) for pair in product(LETTERS, LETTERS)][:each]
    with file.open("w") as output:
        output.write("postcode,latitude,longitude\n")
        for sector in sectors:
            north, east = float(sector["latitude"]), float(sector["longitude"])
            for unit in units:
                shift = choose.random() / 100 + moved * (choose.random() < 0.005) / 100
                output.write(f"{sector['sector']}{unit},{north + shift:.6f},{east + shift:.6f}\n")
    return len(sectors) * len(units)


def _psql(file: Path) -> None:
    config = settings.ENVIRONMENT.owner_database
    words = ("-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", config["HOST"], "-U", config["USER"])
    copy = f"\\copy bench.postcode FROM '{file}' WITH (FORMAT csv, HEADER)"
    index = "CREATE UNIQUE INDEX postcode_key ON bench.postcode (postcode)"
    database = connection.settings_dict["NAME"]
    subprocess.run(["psql", *words, "-d", database, "-c", copy, "-c", index], check=True)


def _stored(table: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(STORED.format(table))
        return cursor.fetchall()
