"""How long things are kept, and removing what is older in small steps that nobody waits for.

A rule says what is due and removes it chunk by chunk, each chunk in a short transaction of its own;
rows that someone else holds are left for the next time.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from django.db import connection, transaction
from psycopg import sql

from audit import chain
from audit.config import Key, declare_integer
from audit.models import AuditLog
from audit.trail import record

CHUNK = 2000

KEEP_ENTRIES = declare_integer(
    "audit.keep_days",
    default=730,
    minimum=90,
    maximum=36_500,
    help="Days that entries of the audit log are kept; removed by the owner's command alone",
)
KEEP_ADDRESSES = declare_integer(
    "audit.keep_addresses_days",
    default=90,
    minimum=1,
    maximum=3650,
    help="Days after which the network addresses in the audit log are removed",
)


class Rule(Protocol):
    """One kind of thing that is not kept for ever."""

    @property
    def name(self) -> str:
        """What it is called in the command's answer."""

    def chunks(self, *, dry_run: bool) -> Iterator[int]:
        """Remove, or only count, what is due; how many of each chunk."""


@dataclass(frozen=True)
class OldRows:
    """Rows of a table that are older than so many days, found by walking along its key.

    Keys rise with the time in `born`, so the walk ends at the first chunk that is young: it needs
    no index of its own, which every insert would pay for. `due` is a condition on `kept`, the
    row, and `cutoff`, the time (aware); `before` are statements that let go of the rows `ids`.
    All of it is SQL of ours.
    """

    name: str
    days: Key[int]
    table: str
    key: str
    born: str
    due: str = "true"
    before: tuple[str, ...] = ()

    def unless(self, named: str) -> "OldRows":
        """The same rule without the rows (`kept`) for which this query finds anything."""
        return replace(self, due=f"({self.due}) AND NOT EXISTS ({named})")

    def chunks(self, *, dry_run: bool) -> Iterator[int]:
        """See Rule."""
        cutoff, after = moment_before(self.days.value()), 0
        while True:
            with transaction.atomic():
                last, old = self._oldest(after, cutoff)
                due = self._due(old, cutoff) if old else []
                if due and not dry_run:
                    self._remove(due)
            if not old or last is None:
                return
            after = last
            yield len(due)

    def _oldest(self, after: int, cutoff: datetime) -> tuple[int | None, list[int]]:
        rows = self._run(
            "SELECT max(id), array_agg(id) FILTER (WHERE is_old) FROM ("
            " SELECT {key} AS id, {born} < %(cutoff)s AS is_old FROM {table}"
            " WHERE {key} > %(after)s ORDER BY {key} LIMIT %(chunk)s) oldest",
            {"after": after, "cutoff": cutoff, "chunk": CHUNK},
        )
        last, old = rows[0]
        return last, old or []

    def _due(self, ids: list[int], cutoff: datetime) -> list[int]:
        query = "SELECT {key} FROM {table} kept WHERE {key} = ANY(%(ids)s) AND ({due})"
        locked = f"{query} ORDER BY {{key}} FOR UPDATE SKIP LOCKED"
        return [row[0] for row in self._run(locked, {"ids": ids, "cutoff": cutoff})]

    def _remove(self, ids: list[int]) -> None:
        for statement in (*self.before, "DELETE FROM {table} WHERE {key} = ANY(%(ids)s)"):
            self._run(statement, {"ids": ids})

    def _run(self, statement: str, values: dict[str, Any]) -> list[Any]:
        names = {"table": sql.Identifier(self.table), "key": sql.Identifier(self.key),
                 "born": sql.Identifier(self.born), "due": sql.SQL(self.due)}  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(statement).format(**names), values)
            return cursor.fetchall() if cursor.description else []


@dataclass(frozen=True)
class Addresses:
    """Network addresses in the audit log: the entry stays, and its user stays provable.

    The function is the owner's and reads the age itself, so that the application's role may
    call it without any right to change an entry.
    """

    name: str = "addresses"

    def chunks(self, *, dry_run: bool) -> Iterator[int]:
        """See Rule."""
        if dry_run:
            cutoff = moment_before(KEEP_ADDRESSES.value())
            yield AuditLog.objects.filter(ip__isnull=False, timestamp__lt=cutoff).count()
            return
        while removed := _ask("SELECT audit_forget_addresses(%s)", [CHUNK]):
            yield removed


@dataclass(frozen=True)
class Entries:
    """Entries of the audit log. An entry of its own, sealed first, signs off those that go.

    The owner's alone: the database lets nobody else sign off or delete.
    """

    name: str = "entries"

    def chunks(self, *, dry_run: bool) -> Iterator[int]:
        """See Rule."""
        start, through = chain.signed_off(), self._through()
        if dry_run:
            yield max(0, through.chain_no - start.chain_no)
            return
        if through.chain_no > start.chain_no:
            self._sign_off(through)
        while removed := self._remove(max(start.chain_no, through.chain_no)):
            yield removed

    def _through(self) -> chain.Head:
        """The newest entry up to which all are too old."""
        sealed = AuditLog.objects.filter(chain_no__isnull=False).order_by("chain_no")
        cutoff = moment_before(KEEP_ENTRIES.value())
        first_kept = sealed.filter(timestamp__gte=cutoff).values_list("chain_no", flat=True).first()
        old = sealed.filter(chain_no__lt=first_kept) if first_kept else sealed
        return chain.head_of(old.last())

    def _sign_off(self, through: chain.Head) -> None:
        entry = record(chain.PRUNED, actor=None, subject=None, through=str(through))
        while chain.seal()[0]:
            entry.refresh_from_db()
        if entry.chain_no is None:
            raise RuntimeError("the entry that signs off was not sealed")

    def _remove(self, through: int) -> int:
        return _ask(
            "WITH gone AS (DELETE FROM auditlogs WHERE log_id IN ("
            " SELECT log_id FROM auditlogs WHERE chain_no <= %s ORDER BY chain_no LIMIT %s)"
            " RETURNING 1) SELECT count(*) FROM gone",
            [through, CHUNK],
        )


def moment_before(days: int) -> datetime:
    """So many days ago, by the database's clock (aware)."""
    moment: datetime = _ask("SELECT statement_timestamp() - make_interval(days => %s)", [days])
    return moment


def _ask(question: str, values: list[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return cursor.fetchone()[0]
