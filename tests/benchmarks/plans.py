"""The plans of all statements that a piece of the program runs, as PostgreSQL makes them there."""

import json
from collections.abc import Callable, Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from psycopg.sql import Composable

# Not the openings: of those a centre's history reads so many in a small country that it may as
# well read all. With 160,000 of them it reads its own by their index.
LARGE = {
    "drivingtestslots", "users", "userpreferences", "account_emailaddress", "useralerts",
    "alerts_reach", "alerts_notification", "alerts_delivery",
}  # fmt: skip
PLANNED = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")


@dataclass
class Plans:
    """What was planned: statements that read a large table from end to end, and how wastefully.

    `read` is how many rows of large tables a statement has looked at, with how many of them it
    went on.
    """

    statements: int = 0
    sequential: list[str] = field(default_factory=list)
    read: list[tuple[int, int, str]] = field(default_factory=list)

    def wasteful(self, *, factor: int, allowance: int) -> list[str]:
        """Statements that looked at more than `factor` times what they used, and some."""
        return [
            f"{seen} rows for {used}: {sql}"
            for seen, used, sql in self.read
            if seen > used * factor + allowance
        ]


@contextmanager
def watched(tables: Set[str] = LARGE) -> Iterator[Plans]:
    """Run each statement once more before it is run, and undo that."""
    plans = Plans()

    def look(
        execute: Callable, sql: str | Composable, params: Any, many: bool, context: dict
    ) -> Any:
        text = sql.as_string(connection.connection) if isinstance(sql, Composable) else sql
        if not many and text.lstrip().upper().startswith(PLANNED):
            _look(plans, text, params, tables)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield plans


def _look(plans: Plans, sql: str, params: Any, tables: Set[str]) -> None:
    plans.statements += 1
    nodes = [node for node in _nodes(_explain(sql, params)) if node["Node Type"].endswith("Scan")]
    scans = {node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"}
    plans.sequential += [f"{table}: {sql}" for table in sorted(scans & tables)]
    looked = [node for node in nodes if node.get("Relation Name") in tables]
    used = sum(map(_rows, looked))
    plans.read.append((used + sum(map(_removed, looked)), used, sql))


def _explain(sql: str, params: Any) -> dict[str, Any]:
    with (
        connection.connection.transaction(force_rollback=True),
        connection.connection.cursor() as cursor,
    ):
        cursor.execute(f"EXPLAIN (FORMAT JSON, ANALYZE) {sql}", params)
        (found,) = cursor.fetchone()
    plan = json.loads(found) if isinstance(found, str) else found
    return plan[0]["Plan"]


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def _rows(node: dict[str, Any]) -> int:
    return round(node["Actual Rows"] * node["Actual Loops"])


def _removed(node: dict[str, Any]) -> int:
    removed = (value for name, value in node.items() if name.startswith("Rows Removed by"))
    return round(sum(removed) * node["Actual Loops"])
