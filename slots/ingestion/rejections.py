"""Why rows of a batch were rejected, gathered for the person who has to fix it."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import islice

from centers.naming import AmbiguousCenter, Directory, UnknownCenter
from slots.models import FeedBatch

ROWS_NAMED = 5
# Looking for names alike takes 10 ms each.
SUGGESTED_FOR = 20


@dataclass(frozen=True)
class Rejection:
    """One reason, the rows that it stands for, and the centre as the source named it.

    `meant` are the centres (name and id) that an unknown name looks like.
    """

    reason: str
    center: str | None
    rows: tuple[int, ...]
    meant: tuple[tuple[str, int], ...] = ()
    is_unknown: bool = False

    @property
    def first_rows(self) -> tuple[int, ...]:
        """As many as are worth naming."""
        return self.rows[:ROWS_NAMED]


def rejections_of(batch: FeedBatch) -> list[Rejection]:
    """The reasons, the most frequent first; names that are known by now are suggested no more."""
    kinds: dict[tuple[str, str | None], list[int]] = defaultdict(list)
    for row in batch.rejected:
        kinds[row["reason"], row.get("center")].append(row["row"])
    if not kinds:
        return []
    directory = Directory.read()
    found = sorted(kinds.items(), key=lambda kind: -len(kind[1]))
    suggested = [_rejection(directory, *kind) for kind in islice(found, SUGGESTED_FOR)]
    rest = [Rejection(reason, center, tuple(rows)) for (reason, center), rows in found]
    return suggested + rest[SUGGESTED_FOR:]


def _rejection(directory: Directory, kind: tuple[str, str | None], rows: list[int]) -> Rejection:
    reason, center = kind
    try:
        if center is not None:
            directory.find(center)
    except UnknownCenter as unknown:
        meant = tuple(_known(directory, unknown.suggestions))
        return Rejection(reason, center, tuple(rows), meant, is_unknown=True)
    except AmbiguousCenter:
        return Rejection(reason, center, tuple(rows), is_unknown=True)
    return Rejection(reason, center, tuple(rows))


def _known(directory: Directory, names: list[str]) -> list[tuple[str, int]]:
    """Those that stand for one centre alone."""
    known = []
    for name in names:
        try:
            known.append((name, directory.find(name).center_id))
        except AmbiguousCenter:
            continue
    return known
