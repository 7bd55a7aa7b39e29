"""Which stored centre a row of a list is about: by code, then by name, then by postcode."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from centers.importing.files import Row
from centers.importing.rows import Note, postcode_text
from centers.models import Center, CenterAlias
from centers.naming import fold

# Lorry tests are held at centres of their own, often next door to the centre for cars.
LORRIES = "lgv"


class Matching:
    """Rows and the centres they are about; each centre belongs to one row at most."""

    def __init__(self, centers: Iterable[Center], aliases: Iterable[CenterAlias]) -> None:
        self._free = {center.pk: center for center in centers}
        self._aliases: dict[str, int] = {alias.folded: alias.center_id for alias in aliases}
        self.centers: dict[int, Center] = {}
        self.by_alias: set[int] = set()
        self.merged: set[int] = set()
        self.rejected: list[Note] = []

    @property
    def unclaimed(self) -> list[Center]:
        """The centres that no row is about."""
        return list(self._free.values())

    def claim(self, line: int, center: Center) -> None:
        """Say that a row is about a centre that is unclaimed, whatever its code is."""
        self.centers[line] = self._free.pop(center.pk)
        self.merged.add(line)

    def match(self, rows: list[Row]) -> None:
        """Fill `centers` (by line), `by_alias` (lines) and `rejected`.

        Every row has its go at one way before any has it at the next, so that a centre that is
        named exactly is never taken by a row that is merely like it.
        """
        rows = self._without_repeated(rows)
        for way in (self._with_code, self._with_name, self._with_alias, self._at_postcode):
            rows = self._pass(rows, way)

    def _pass(self, rows: list[Row], way: Callable[[list[Row]], dict[int, Center]]) -> list[Row]:
        found = way(rows)
        for center in found.values():
            del self._free[center.pk]
        self.centers |= found
        refused = {note.line for note in self.rejected}
        return [row for row in rows if row.line not in found and row.line not in refused]

    def _without_repeated(self, rows: list[Row]) -> list[Row]:
        lines: dict[str, int] = {}
        kept = []
        for row in rows:
            key = f"code {row.code}" if row.code else f"name {fold(row.name)}"
            if key in lines:
                self.rejected.append(Note(row.line, row.name, f"it repeats line {lines[key]}"))
            else:
                lines[key] = row.line
                kept.append(row)
        return kept

    def _with_code(self, rows: list[Row]) -> dict[int, Center]:
        coded = {center.code: center for center in self._free.values() if center.code}
        return {row.line: coded[row.code] for row in rows if row.code in coded}

    def _with_name(self, rows: list[Row]) -> dict[int, Center]:
        named = _grouped(self._free.values(), lambda center: fold(center.name))
        found: dict[int, Center] = {}
        for row in rows:
            candidates = [c for c in named[fold(row.name)] if _codes_agree(row, c)]
            candidates = _nearest(row, [c for c in candidates if c not in found.values()])
            if len(candidates) == 1:
                found[row.line] = candidates[0]
            elif candidates:
                reason = f"{len(candidates)} centres are called so, and it gives no code of theirs"
                self.rejected.append(Note(row.line, row.name, reason))
        return found

    def _with_alias(self, rows: list[Row]) -> dict[int, Center]:
        found: dict[int, Center] = {}
        for row in rows:
            center = self._free.get(self._aliases.get(fold(row.name), 0))
            if center and _codes_agree(row, center) and center not in found.values():
                found[row.line] = center
        self.by_alias = set(found)
        return found

    def _at_postcode(self, rows: list[Row]) -> dict[int, Center]:
        """Only where both sides have just one such centre there."""
        there = _grouped(self._free.values(), lambda center: _squeezed(center.postcode))
        pairs = [
            (row, center)
            for row in rows
            for center in there[_squeezed(postcode_text(row))]
            if _codes_agree(row, center) and similar(row.name, center.name)
        ]
        lines = [row.line for row, _ in pairs]
        keys = [center.pk for _, center in pairs]
        return {
            row.line: center
            for row, center in pairs
            if lines.count(row.line) == 1 and keys.count(center.pk) == 1
        }


def similar(one: str, other: str) -> bool:
    """Whether two names at one postcode are of one centre.

    They are when they agree before any bracket, or when one has all the words of the other
    ("Hither Green" and "Hither Green (London)"). A centre for lorries is never one for cars.
    """
    if is_for_lorries(one) != is_for_lorries(other):
        return False
    words, others = set(fold(one).split()), set(fold(other).split())
    heads = [fold(name.partition("(")[0]) for name in (one, other)]
    return heads[0] == heads[1] or words <= others or others <= words


def is_for_lorries(name: str) -> bool:
    """Whether a centre's name says that it is one for lorries."""
    return LORRIES in fold(name).split()


def _grouped(
    centers: Iterable[Center], key: Callable[[Center], str]
) -> defaultdict[str, list[Center]]:
    groups: defaultdict[str, list[Center]] = defaultdict(list)
    for center in centers:
        groups[key(center)].append(center)
    return groups


def _codes_agree(row: Row, center: Center) -> bool:
    """Two different codes are two different centres, whatever they are called."""
    return not row.code or not center.code or row.code == center.code


def _nearest(row: Row, candidates: list[Center]) -> list[Center]:
    same = [c for c in candidates if _squeezed(c.postcode) == _squeezed(postcode_text(row))]
    return same if len(candidates) > 1 and same else candidates


def _squeezed(postcode: str) -> str:
    return "".join(postcode.split()).upper()
