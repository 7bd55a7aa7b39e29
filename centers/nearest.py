"""DVSA's lists of nearest centres: read from a file, compared with what is stored, written.

A file replaces the lists of the centres that it names, each as a whole or not at all.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import IO, NamedTuple

from django.db import connection, transaction

from audit.clock import database_today
from audit.text import counted
from audit.trail import Actor, record
from centers.files import BadFile, bounded, unpacked
from centers.importing.files import MOST_BYTES, MOST_LINES
from centers.importing.rows import Note, WrongRow
from centers.models import NearestCenter, Rule
from centers.naming import AmbiguousCenter, Directory, UnknownCenter
from centers.rules import Rulebook
from centers.tables import read_table

HEADER = ["center", "nearest"]


class NearestRow(NamedTuple):
    """One row as written: what a centre is called, and what one that is near it is called."""

    line: int
    center: str
    nearest: str


@dataclass
class Plan:
    """What a file would change: by centre's id, its nearest ones in order.

    `left` names the centres whose list stays as it was, because something in it was rejected;
    `unnamed` counts the stored lists that the file doesn't give, `left` ones among them.
    """

    created: dict[int, list[int]] = field(default_factory=dict)
    changed: dict[int, list[int]] = field(default_factory=dict)
    unchanged: dict[int, list[int]] = field(default_factory=dict)
    rejected: list[Note] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    unnamed: int = 0

    def counts(self) -> dict[str, int]:
        """How many lists of each kind there are, and how many rows were rejected."""
        names = ("created", "changed", "unchanged", "rejected")
        return {name: len(getattr(self, name)) for name in names} | {"unnamed": self.unnamed}


def read_nearest(raw: IO[bytes]) -> list[NearestRow]:
    """The rows of a seekable file `center,nearest`; raises BadFile."""
    table = read_table(bounded(unpacked(raw), MOST_BYTES))
    _, header = next(table, (1, []))
    if [name.strip().casefold() for name in header] != HEADER:
        raise BadFile("The first line is not center,nearest.")
    rows = [NearestRow(line, *(" ".join(cell.split()) for cell in cells)) for line, cells in table]
    if not rows:
        raise BadFile("The file has no rows after its first line.")
    if rows[-1].line > MOST_LINES:
        raise BadFile(f"The file has more than {MOST_LINES:,} lines, so it is no such list.")
    return rows


class _Lists:
    """The lists as their rows come; one in which a row was rejected is faulty as a whole."""

    def __init__(self) -> None:
        self._directory = Directory.read()
        self._others: dict[int, list[int]] = {}
        self._first: dict[int, NearestRow] = {}
        self._faulty: set[int] = set()
        self.rejected: list[Note] = []

    def add(self, row: NearestRow) -> None:
        """Take a row, or note why not."""
        center = None
        try:
            center = self._directory.find(row.center).center_id
            self._first.setdefault(center, row)
            self._append(center, self._directory.find(row.nearest).center_id)
        except (UnknownCenter, AmbiguousCenter, WrongRow) as error:
            self._reject(row, center, str(error))

    def check_lengths(self) -> None:
        """Reject lists of another length than the rule of today asks for."""
        wanted = Rulebook.read().number(Rule.Key.NEAREST_CENTERS, database_today())
        for center, others in self.taken.items():
            if wanted not in (None, len(others)):
                said = f"{counted(len(others), 'row')} for this centre where {wanted} are wanted"
                self._reject(self._first[center], center, said)

    @property
    def taken(self) -> dict[int, list[int]]:
        """By centre's id the ids of its nearest ones, in order."""
        return {
            center: others for center, others in self._others.items() if center not in self._faulty
        }

    @property
    def left(self) -> list[str]:
        """What the file calls the centres whose lists are faulty."""
        return [row.center for center, row in self._first.items() if center in self._faulty]

    def _append(self, center: int, other: int) -> None:
        others = self._others.setdefault(center, [])
        if other == center:
            raise WrongRow("a centre is not near itself")
        if other in others:
            raise WrongRow("it is named twice for this centre")
        others.append(other)

    def _reject(self, row: NearestRow, center: int | None, reason: str) -> None:
        self.rejected.append(Note(row.line, row.center, reason))
        if center is not None:
            self._faulty.add(center)


def plan_nearest(rows: Iterable[NearestRow]) -> Plan:
    """Compare a file's lists with what is stored; writes nothing.

    A list has as many rows as the rule of nearest centres says today (any number while no such
    rule holds). A row of an unknown centre, a centre near itself or named twice is rejected, and
    the list that it belongs to stays as it was.
    """
    lists = _Lists()
    for row in rows:
        lists.add(row)
    lists.check_lengths()
    return _compared(lists, _stored())


def _compared(lists: _Lists, stored: dict[int, list[int]]) -> Plan:
    plan = Plan(rejected=sorted(lists.rejected), left=lists.left)
    for center, others in lists.taken.items():
        if center not in stored:
            plan.created[center] = others
        elif stored[center] == others:
            plan.unchanged[center] = others
        else:
            plan.changed[center] = others
    plan.unnamed = len(stored.keys() - lists.taken.keys())
    return plan


@transaction.atomic
def import_nearest(rows: Iterable[NearestRow], *, actor: Actor | None) -> Plan:
    """Write what `plan_nearest` says, all of it or nothing; other imports wait."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE centers_nearestcenter IN SHARE ROW EXCLUSIVE MODE")
    plan = plan_nearest(rows)
    lists = plan.created | plan.changed
    NearestCenter.objects.filter(center__in=plan.changed).delete()
    NearestCenter.objects.bulk_create(
        NearestCenter(center_id=center, other_id=other, rank=rank)
        for center, others in lists.items()
        for rank, other in enumerate(others, 1)
    )
    if lists:
        record("nearest_centers.imported", actor=actor, subject=None, **plan.counts())
    return plan


def _stored() -> dict[int, list[int]]:
    stored: dict[int, list[int]] = defaultdict(list)
    for center, other in NearestCenter.objects.order_by("rank").values_list("center", "other"):
        stored[center].append(other)
    return stored
