"""The audit log as CSV that no spreadsheet executes."""

import csv
from collections.abc import Iterable, Iterator

from audit.models import AuditLog

COLUMNS = (
    "chain_no",
    "timestamp",
    "action",
    "user_id",
    "ip",
    "subject_type",
    "subject_id",
    "details",
)
# OWASP, "CSV Injection": a cell that begins so may be run as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def entries_as_csv(entries: Iterable[AuditLog]) -> Iterator[str]:
    """A header, then one line for each entry; times in UTC, ISO 8601."""
    writer = csv.writer(_Line())
    yield writer.writerow(COLUMNS)
    for entry in entries:
        yield writer.writerow([inert(getattr(entry, column)) for column in COLUMNS])


class _Line:
    """Hands back what a csv writer writes."""

    def write(self, line: str) -> str:
        return line


def revived(text: str) -> str:
    """A cell's text as it was before `inert`."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_STARTS) else text


def inert(value: object) -> str:
    """A cell's text, with an apostrophe before whatever a spreadsheet would execute."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
