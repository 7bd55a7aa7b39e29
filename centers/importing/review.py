"""A list of centres on its way through the pages that show what it would change.

The rows travel in the page itself, signed: nothing is stored before it is wanted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta

from django.core import signing

from centers.files import BadFile
from centers.importing.changes import Plan, plan_import
from centers.importing.files import Row

SALT = "centers.import"
LASTS = timedelta(hours=12)
MENDED_FIELDS = ("code", "name", "postcode", "latitude", "longitude", "address", "town", "closing")


@dataclass(frozen=True)
class Review:
    """The rows as last shown, and the state of the centres on which the plan was made."""

    rows: tuple[Row, ...]
    basis: str = ""
    overwrite: bool = False
    # The lines of rows to be merged with the centre that they may be.
    merge: tuple[int, ...] = ()

    def shown(self, plan: Plan) -> "Review":
        """With the plan that is shown of it."""
        return replace(self, basis=_text(plan))

    def fits(self, plan: Plan) -> bool:
        """Whether the centres are as they were when this was shown."""
        return self.basis == _text(plan)

    def corrected(self, typed: Mapping[str, str]) -> "Review":
        """With the cells that were typed again, each named by line and field: `7-postcode`; and
        with the rows that were chosen to be merged, each named by its line: `7-merge`."""
        merge = tuple(row.line for row in self.rows if f"{row.line}-merge" in typed)
        return replace(self, rows=tuple(_corrected(self.rows, typed)), merge=merge)

    def plan(self) -> Plan:
        """What it would change now."""
        return plan_import(self.rows, overwrite=self.overwrite, merge=frozenset(self.merge))

    def sealed(self) -> str:
        """As a page carries it."""
        return signing.dumps(asdict(self), salt=SALT, compress=True)

    @classmethod
    def opened(cls, text: str) -> "Review":
        """The reverse of `sealed`; BadFile when it is too old or not ours."""
        try:
            said = signing.loads(text, salt=SALT, max_age=LASTS)
        except signing.BadSignature as error:
            raise BadFile("This page is too old. Please choose the file again.") from error
        rows = tuple(Row(**row) for row in said["rows"])
        return cls(rows, said["basis"], said["overwrite"], tuple(said["merge"]))


def _corrected(rows: Iterable[Row], typed: Mapping[str, str]) -> Iterable[Row]:
    for row in rows:
        said = asdict(row)
        for name in MENDED_FIELDS:
            said[name] = " ".join(typed.get(f"{row.line}-{name}", said[name]).split())
        yield Row(**said)


def _text(plan: Plan) -> str:
    count, newest = plan.basis
    return f"{count} {newest and newest.isoformat()}"
